#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""TLS, passwords and a broker that knows only MQTT 3.1.1."""

import json
import os
import signal
import socket
import sys
import threading
import time

from broker import Authority, Broker, Drive, Listener, folder, wait_for
from docs_examples import access_rules
from jitter import Jitter

BUILD = sys.argv[1]


def password_file(place, text, mode=0o600):
    path = f"{place}/password-{mode:o}-{len(text)}"
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


def check_password(place):
    with Broker(place, users={"seat": "a ;b#c", "test": "t"}) as broker:
        with Listener(broker, user="test", password="t") as listener:
            good = password_file(place, "a ;b#c\n")
            with Drive(BUILD, place, broker.port, seat="p1", user="seat", password_file=good) as drive:
                drive.status("connected")
                wait_for(lambda: listener.text("sitbone/p1/availability") == "online")
            bad = password_file(place, "wrong")
            with Drive(BUILD, place, broker.port, seat="p2", user="seat", password_file=bad) as drive:
                drive.status("refused: not authorised")
                wait_for(lambda: "ot authorized" in drive.log(), why="the reason in the log")  # after the status
                time.sleep(2)
                assert broker.log().count("disconnected, not authorised") == 1, "knocks too often"
            loose = password_file(place, "a ;b#c", 0o640)
            with Drive(BUILD, place, broker.port, seat="p3", user="seat", password_file=loose) as drive:
                drive.status("not tried: password or certificate file")
                wait_for(lambda: "chmod 600" in drive.log(), why="what to do in the log")
                assert "a ;b" not in drive.log(), drive.log()
            os.mkdir(f"{place}/credentials")
            os.rename(good, f"{place}/credentials/mqtt-password")
            environment = {"CREDENTIALS_DIRECTORY": f"{place}/credentials"}
            with Drive(BUILD, place, broker.port, seat="p4", user="seat", password_file=bad,
                       environment=environment) as drive:
                drive.status("connected")


def check_tls(place, versions=("tlsv1.2", "tlsv1.3")):
    authority, other = Authority(place), Authority(place, "other")
    for version in versions:
        with Broker(place, authority=authority, users={"seat": "pw"}, lines=f"tls_version {version}") as broker:
            common = {"tls": "yes", "user": "seat", "password_file": password_file(place, "pw"), "state_interval_s": 1,
                      "heartbeat_s": 5}
            with Listener(broker, ca=authority.ca, user="seat", password="pw") as listener:
                with Drive(BUILD, place, broker.port, seat="t1", ca_file=authority.ca, **common) as drive:
                    drive.status("connected")
                    check_over_tls(broker, listener, drive)
                with Drive(BUILD, place, broker.port, seat="t2", ca_file=other.ca, **common) as drive:
                    drive.status("refused: TLS")
                with Drive(BUILD, place, broker.port, seat="t3", **common) as drive:
                    drive.status("refused: TLS")  # the system's authorities do not know ours
                with Drive(BUILD, place, broker.port, seat="t4", ca_file=place + "/none", **common) as drive:
                    drive.status("not tried: password or certificate file")
    with Broker(place, authority=authority, lines="require_certificate true") as broker:
        own = {"tls": "yes", "ca_file": authority.ca}
        with Drive(BUILD, place, broker.port, seat="t6", cert_file=authority.cert, key_file=authority.key, **own) as drive:
            drive.status("connected")
        with Drive(BUILD, place, broker.port, seat="t7", **own) as drive:
            wait_for(lambda: drive.said("status")[-1:] not in ([], ["status connecting"]), why="a refusal")
            assert drive.said("status")[-1] != "status connected"
    with Broker(place) as plain:
        with Drive(BUILD, place, plain.port, seat="t5", tls="yes", ca_file=authority.ca) as drive:
            wait_for(lambda: any(s in drive.said("status")[-1:] for s in ("status refused: TLS", "status no broker")))
            assert drive.quit() < 2_000_000


def check_over_tls(broker, listener, drive):
    """The functions of a plain connection, and several commands in one TLS record."""
    drive.tell("sit -8", "raise 0")
    wait_for(lambda: len(listener.of(drive.base + "/event")) == 2, why="two events over TLS")
    for _ in range(6):
        listener.client.publish(drive.base + "/cmd/snooze", "5", 1)
    wait_for(lambda: len(listener.of(drive.base + "/response/snooze")) == 6, why="six answers over TLS")
    before = cpu_s(drive)
    time.sleep(1)
    assert cpu_s(drive) - before < 0.2, "spins"
    broker.freeze()
    drive.tell("raise 1")
    drive.worst_us()
    over = [overslept_us(drive) for _ in range(4)]  # who waits for the broker does so every time
    broker.thaw()
    wait_for(lambda: len(listener.of(drive.base + "/event")) == 3, why="the event after the thaw")
    assert min(over) < 10000, over
    before, times = drive.connections(), listener.times
    broker.kill()
    broker.start()
    wait_for(lambda: drive.connections() > before, why="connected again")
    wait_for(lambda: listener.times > times, why="subscribed again")
    drive.tell("raise 2")
    wait_for(lambda: len(listener.of(drive.base + "/event")) == 4, why="an event after the restart")


def overslept_us(drive):
    """The longest post of a quarter of a second, minus the delay of another thread meanwhile."""
    with Jitter() as jitter:
        time.sleep(0.25)
        _, us = drive.worst_us()
    return us - jitter.worst * 1e6


def cpu_s(drive):
    with open(f"/proc/{drive.process.pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class OldBroker:
    """A proxy before a real broker without MQTT 5: it refuses the greeting, or (silent) closes the connection."""

    def __init__(self, broker, silent):
        self.broker, self.silent, self.refused = broker, silent, 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(client,), daemon=True).start()

    def one(self, client):
        greeting = client.recv(4096)
        at = greeting.find(b"\x00\x04MQTT")
        if at < 0 or greeting[at + 6] != 4:
            self.refused += 1
            if not self.silent:
                client.sendall(b"\x20\x02\x00\x01")
            client.close()
            return
        upstream = socket.create_connection(("127.0.0.1", self.broker.port))
        upstream.sendall(greeting)
        threading.Thread(target=self.pipe, args=(upstream, client), daemon=True).start()
        self.pipe(client, upstream)

    @staticmethod
    def pipe(a, b):
        try:
            while data := a.recv(4096):
                b.sendall(data)
        except OSError:
            pass
        for s in (a, b):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def check_fallback(place, silent):
    with Broker(place) as broker, Listener(broker, v5=False) as listener:
        old = OldBroker(broker, silent)
        with Drive(BUILD, place, old.port, seat="old", state_interval_s=1, heartbeat_s=5) as drive:
            drive.status("connected", 30)
            assert old.refused == (3 if silent else 1), old.refused
            info = json.loads(wait_for(lambda: listener.text("sitbone/old/info")))
            assert info["mqtt_protocol"] == "3.1.1", info
            drive.tell("sit -8", "raise 0")
            wait_for(lambda: len(listener.of("sitbone/old/event")) == 2)
            listener.publish("sitbone/old/cmd/snooze", "5")
            wait_for(lambda: (listener.text("sitbone/old/response/snooze") or "") == '{"status":"ok"}')
            drive.process.kill()
            wait_for(lambda: listener.text("sitbone/old/availability") == "offline", why="the will in 3.1.1")
        with Drive(BUILD, place, old.port, seat="only5", protocol="5") as drive:
            wait_for(lambda: drive.said("status refused: MQTT version" if not silent else "status no broker"))
        old.server.close()


def check_taken_over(place):
    """Two daemons with one seat id push each other out only a few times."""
    os.mkdir(place + "/two")
    with Broker(place) as broker:
        with Drive(BUILD, place, broker.port, seat="twin") as one:
            one.status("connected")
            with Drive(BUILD, place + "/two", broker.port, seat="twin") as two:
                wait_for(lambda: "do not last" in one.log() + two.log(), 30, "the take-over named")
                time.sleep(3)
                count = broker.log().count("already connected")
                assert count <= 16, count


class Pusher(OldBroker):
    """Accepts, then reports that another client has taken the session over."""

    def one(self, client):
        client.recv(4096)
        self.refused += 1
        client.sendall(b"\x20\x03\x00\x00\x00" + b"\xe0\x02\x8e\x00")
        time.sleep(0.05)
        client.close()


def check_session_taken_over(place):
    pusher = Pusher(None, False)
    with Drive(BUILD, place, pusher.port, seat="pushed") as drive:
        drive.status("refused: another client uses this seat id")
        wait_for(lambda: "do not last" in drive.log(), why="the take-over named")
        assert pusher.refused == 3, pusher.refused
        time.sleep(2.5)
        assert pusher.refused == 3, "knocks on"
        assert drive.quit() < 2_000_000
    pusher.server.close()


REFUSED = ("connected, but the broker refuses topics (not authorised): see the access rules in "
           "docs/home-assistant.md")


def check_access_rules(place, page):
    """The access rules of the manual: a seat has its own topics and no others, and refusals are reported."""
    rules = f"{place}/rules-{os.path.basename(page)}"
    with open(rules, "w") as f:
        f.write("user all\ntopic readwrite #\n" + access_rules(page)[0])
    os.chmod(rules, 0o600)
    password = password_file(place, "pw")
    fast = {"state_interval_s": 1, "heartbeat_s": 5}
    users = {"desk": "pw", "other": "pw", "all": "pw"}
    with Broker(place, users=users, lines=f"acl_file {rules}") as broker, \
            Listener(broker, user="all", password="pw") as listener:
        with Drive(BUILD, place, broker.port, seat="desk", user="desk", password_file=password, **fast) as drive:
            drive.status("connected")
            config = "homeassistant/device/sitbone_desk/config"
            for topic in (config, *(f"sitbone/desk/{t}" for t in ("availability", "state", "info", "settings", "diag"))):
                wait_for(lambda: listener.text(topic), why=topic)
            listener.publish("sitbone/desk/cmd/snooze", "5")
            wait_for(lambda: listener.text("sitbone/desk/response/snooze"), why="commands")
            before = len(listener.of(config))
            listener.publish("homeassistant/status", "online")
            wait_for(lambda: len(listener.of(config)) > before, why="the birth message")
            assert drive.said("status")[-1] == "status connected" and "refuses" not in drive.log(), drive.log()
        count = len(listener.heard)
        with Drive(BUILD, place, broker.port, seat="desk", user="other", password_file=password, **fast) as drive:
            drive.status(REFUSED)
            wait_for(lambda: "refuses sitbone/desk/" in drive.log() and "ot authorized" in drive.log(), why="the log")
            assert drive.log().count("the broker refuses") == 1, drive.log()
            time.sleep(0.5)
            assert [m.topic for m in listener.heard[count:]] == [], "another seat's topics"
            with open(rules, "w") as f:
                f.write("topic readwrite #\nuser other\ntopic readwrite #\nuser all\ntopic readwrite #\n")
            broker.process.send_signal(signal.SIGHUP)
            drive.status("connected")
            wait_for(lambda: json.loads(listener.text("sitbone/desk/diag") or "{}")
                     .get("mqtt", {}).get("messages_refused", 0) > 2, why="refusals counted")


class Refuser(OldBroker):
    """Accepts the connection and refuses the first subscription."""

    def one(self, client):
        client.recv(4096)
        client.sendall(b"\x20\x03\x00\x00\x00")
        packet = client.recv(4096)
        assert packet[0] == 0x82, packet
        client.sendall(b"\x90\x04" + packet[2:4] + b"\x00\x87")
        time.sleep(30)


def check_subscription_refused(place):
    refuser = Refuser(None, False)
    with Drive(BUILD, place, refuser.port, seat="deaf") as drive:
        drive.status(REFUSED)
        wait_for(lambda: "refuses sitbone/deaf/cmd/#: " in drive.log(), why="the topic in the log")
        drive.process.kill()
    refuser.server.close()


with folder() as PLACE:
    check_access_rules(PLACE, "docs/home-assistant.md")
    check_access_rules(PLACE, "config/man/sitbone-mqtt.7.scd")
    check_subscription_refused(PLACE)
    check_password(PLACE)
    check_tls(PLACE)
    check_fallback(PLACE, False)
    check_fallback(PLACE, True)
    check_taken_over(PLACE)
    check_session_taken_over(PLACE)
