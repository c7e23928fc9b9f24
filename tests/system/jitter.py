# SPDX-License-Identifier: MIT
"""How long this machine makes a process wait that asked for a millisecond: what no limit in milliseconds may blame on us."""
import subprocess
import sys
import threading

SLEEPER = '''
import time
worst = 0
while True:
    t = time.monotonic(); time.sleep(0.001); worst = max(worst, time.monotonic() - t - 0.001)
    print(worst, flush=True)
'''


class Jitter:
    """Measures in a second process as long as the with-block lasts; worst in seconds."""

    def __enter__(self):
        self.worst = 0.0
        self.process = subprocess.Popen([sys.executable, '-c', SLEEPER], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, text=True)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        return self

    def read(self):
        for line in self.process.stdout:
            if line.endswith('\n'):
                self.worst = float(line)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.thread.join()
        self.process.stdout.close()
