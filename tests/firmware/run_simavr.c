/* SPDX-License-Identifier: MIT */
/* Runs the binary of a sketch on a simulated ATmega328P whose pins are wired to a virtual mat. What the UART sends goes to
 * standard output; figures of the run go to standard error as JSON.
 * Usage: run_simavr ELF LINES ROWS SELECTS SIGNALS cells|circuit FRAMES */
#include "virtual_mat.h"

#include <simavr/avr_adc.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CLOCK_HZ = 16000000, FIRST_PIN_B = 8, FIRST_PIN_C = 14, SECONDS_MAX = 200, SPL = 0x5D, SPH = 0x5E };

struct board {
        avr_t *avr;
        struct virtual_mat mat;
        FILE *uart;
        unsigned long lines, bytes;
        avr_cycle_count_t line_cycle, gap_min, gap_max;
};

static void sample_port(struct board *board, char name, uint8_t first_pin, uint8_t count) {
        avr_ioport_state_t port;

        if (avr_ioctl(board->avr, AVR_IOCTL_IOPORT_GETSTATE(name), &port) != 0)
                exit(1);
        for (uint8_t i = 0; i < count; i++) {
                enum pin_state state = port.port >> i & 1 ? PIN_HIGH : PIN_LOW;

                virtual_mat_set_pin(&board->mat, first_pin + i, port.ddr >> i & 1 ? state : PIN_FLOATS);
        }
}

static void answer_adc(struct avr_irq_t *irq, uint32_t value, void *user) {
        struct board *board = (struct board *)user;
        avr_adc_mux_t mux;
        uint32_t reading;

        (void)irq;
        memcpy(&mux, &value, sizeof value);
        sample_port(board, 'D', 0, FIRST_PIN_B);
        sample_port(board, 'B', FIRST_PIN_B, FIRST_PIN_C - FIRST_PIN_B);
        sample_port(board, 'C', FIRST_PIN_C, 6);
        reading = virtual_mat_read(&board->mat, (uint8_t)(FIRST_PIN_C + mux.src));
        /* The converter rounds millivolts down. */
        avr_raise_irq(avr_io_getirq(board->avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0 + mux.src),
                      (reading * 5000 + FULL_SCALE - 1) / FULL_SCALE);
}

static void measure_gap(struct board *board) {
        avr_cycle_count_t now = board->avr->cycle;

        if (board->lines > 3) { /* an empty line, the remark and the first frame are over */
                avr_cycle_count_t gap = now - board->line_cycle;

                board->gap_min = board->gap_min == 0 || gap < board->gap_min ? gap : board->gap_min;
                board->gap_max = gap > board->gap_max ? gap : board->gap_max;
        }
        board->line_cycle = now;
}

static void write_uart(struct avr_irq_t *irq, uint32_t value, void *user) {
        struct board *board = (struct board *)user;

        (void)irq;
        putc((int)value, board->uart);
        board->bytes++;
        if (value == '\n') {
                board->lines++;
                measure_gap(board);
        }
}

static void connect_board(struct board *board, const char *elf) {
        elf_firmware_t firmware = {0};
        uint32_t flags = 0;

        if (elf_read_firmware(elf, &firmware) != 0)
                exit(1);
        board->avr = avr_make_mcu_by_name("atmega328p");
        if (!board->avr)
                exit(1);
        avr_init(board->avr);
        board->avr->log = LOG_ERROR;
        avr_load_firmware(board->avr, &firmware);
        board->avr->frequency = CLOCK_HZ;
        board->avr->vcc = board->avr->avcc = board->avr->aref = 5000;
        avr_ioctl(board->avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
        flags &= ~(uint32_t)(AVR_UART_FLAG_STDIO | AVR_UART_FLAG_POLL_SLEEP);
        avr_ioctl(board->avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
        avr_irq_register_notify(avr_io_getirq(board->avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_OUT_TRIGGER), answer_adc,
                                board);
        avr_irq_register_notify(avr_io_getirq(board->avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), write_uart,
                                board);
}

/* simavr reports on standard output what it loads: that goes to standard error, and standard output is the UART alone. */
static void divert_output(struct board *board) {
        board->uart = fdopen(dup(STDOUT_FILENO), "w");
        if (!board->uart || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
                exit(1);
}

int main(int argc, char **argv) {
        static struct board board;
        unsigned long lines;
        unsigned stack_least = 0xFFFF, ram_end;

        if (argc != 8)
                return 2;
        lines = strtoul(argv[2], NULL, 10);
        virtual_mat_init(&board.mat, argv + 3);
        divert_output(&board);
        connect_board(&board, argv[1]);
        ram_end = board.avr->ramend;
        while (board.lines < lines && board.avr->cycle < (avr_cycle_count_t)SECONDS_MAX * CLOCK_HZ) {
                int state = avr_run(board.avr);
                unsigned stack = board.avr->data[SPL] | (unsigned)board.avr->data[SPH] << 8;

                if (state == cpu_Done || state == cpu_Crashed)
                        return 1;
                if (stack > 0x100 && stack < stack_least)
                        stack_least = stack;
        }
        fflush(board.uart);
        fflush(stdout);
        fprintf(stderr,
                "{\"lines\": %lu, \"bytes\": %lu, \"frame_ms_min\": %.2f, \"frame_ms_max\": %.2f, \"stack_bytes\": "
                "%u}\n",
                board.lines, board.bytes, (double)board.gap_min * 1000 / CLOCK_HZ,
                (double)board.gap_max * 1000 / CLOCK_HZ, ram_end - stack_least);
        return board.lines < lines;
}
