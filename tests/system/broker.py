# SPDX-License-Identifier: MIT
"""A private mosquitto and what a test needs round it. Everything lives in one temporary folder and ends with it."""

import os
import signal
import socket
import subprocess
import tempfile
import threading
import time

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

import schema
from seat import free_port


def wait_for(what, seconds=20, why=""):
    """Polls until what() is true, and returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = what()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"not within {seconds} s: {why or what}")


def run(*argv):
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Authority:
    """A certificate authority and a server certificate for localhost, by openssl."""

    def __init__(self, folder, name="ca"):
        self.ca, self.key, self.cert = (f"{folder}/{name}{x}" for x in (".crt", "-server.key", "-server.crt"))
        ca_key, request, ext = f"{folder}/{name}.key", f"{folder}/{name}.csr", f"{folder}/{name}.ext"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN=test {name}", "-keyout", ca_key, "-out", self.ca)
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=localhost", "-keyout", self.key, "-out", request)
        with open(ext, "w") as f:
            f.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        run("openssl", "x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", ca_key, "-CAcreateserial",
            "-days", "2", "-extfile", ext, "-out", self.cert)
        for path in (self.key, self.cert, self.ca):
            os.chmod(path, 0o644)


class Broker:
    """lines: more of mosquitto.conf for the listener; users: {name: password}; authority: TLS."""

    def __init__(self, folder, lines="", users=None, authority=None, persistent=False):
        self.folder, self.port, self.process = folder, free_port(), None
        self.conf = f"{folder}/mosquitto-{self.port}.conf"
        conf = ["set_tcp_nodelay true", f"listener {self.port} 127.0.0.1", "log_type all",
                f"log_dest file {folder}/mosquitto-{self.port}.log"]
        if os.geteuid() == 0:
            conf.append("user root")
        if users:
            passwords = f"{folder}/users-{self.port}"
            open(passwords, "w").close()
            os.chmod(passwords, 0o600)
            for name, password in users.items():
                run("mosquitto_passwd", "-b", passwords, name, password)
            conf.append(f"password_file {passwords}")
        conf.append(f"allow_anonymous {'false' if users else 'true'}")
        if authority:
            conf += [f"cafile {authority.ca}", f"certfile {authority.cert}", f"keyfile {authority.key}"]
        if persistent:
            conf += ["persistence true", f"persistence_location {folder}/", "autosave_on_changes true",
                     "autosave_interval 1"]
        with open(self.conf, "w") as f:
            f.write("\n".join(conf + [lines, ""]))
        self.start()

    def start(self):
        self.process = subprocess.Popen(["mosquitto", "-c", self.conf], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        wait_for(self.listening, why="mosquitto listens")

    def listening(self):
        assert self.process.poll() is None, f"mosquitto ended with {self.process.returncode}, see {self.conf}"
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.2).close()
            return True
        except OSError:
            return False

    def log(self):
        with open(f"{self.folder}/mosquitto-{self.port}.log", errors="replace") as f:
            return f.read()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


class Listener:
    """Subscribes to everything, comes back by itself when the broker does, and keeps what it heard."""

    def __init__(self, broker, topics=("#",), v5=True, user=None, password=None, ca=None):
        self.heard, self.lock, self.topics, self.connected = [], threading.Lock(), topics, threading.Event()
        self.times = 0  # it has subscribed
        self.mistakes = []  # of messages, by config/schema/
        self.client = paho.Client(client_id="", protocol=paho.MQTTv5 if v5 else paho.MQTTv311)
        self.client.on_connect, self.client.on_message = self.on_connect, self.on_message
        self.client.on_subscribe = self.on_subscribe
        self.client.on_disconnect = lambda *_: self.connected.clear()
        if user:
            self.client.username_pw_set(user, password)
        if ca:
            self.client.tls_set(ca)
        self.client._reconnect_min_delay = self.client._reconnect_max_delay = 0.02
        self.client.connect("localhost" if ca else "127.0.0.1", broker.port, 60)
        self.client.loop_start()
        wait_for(self.connected.is_set, why="listener subscribed")

    def on_subscribe(self, *_):
        self.times += 1
        self.connected.set()

    def on_connect(self, client, *_):
        client.subscribe([(t, 1) for t in self.topics])

    def on_message(self, _client, _userdata, message):
        with self.lock:
            self.heard.append(message)
            self.mistakes += schema.mistakes(message.topic, message.payload)

    def of(self, topic):
        with self.lock:
            return [m for m in self.heard if m.topic == topic]

    def last(self, topic):
        found = self.of(topic)
        return found[-1] if found else None

    def text(self, topic):
        m = self.last(topic)
        return m.payload.decode() if m else None

    def publish(self, topic, payload="", retain=False, response=None, correlation=None):
        properties = None
        if response:
            properties = Properties(PacketTypes.PUBLISH)
            properties.ResponseTopic = response
            if correlation is not None:
                properties.CorrelationData = correlation
        self.client.publish(topic, payload, 1, retain, properties).wait_for_publish(20)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.close()
        assert kind or not self.mistakes, "messages against config/schema/:\n" + "\n".join(self.mistakes[:20])


class Drive:
    """tests/system/drive_mqtt.c, with its settings."""

    def __init__(self, build, folder, broker_port, seat="desk-1", **settings):
        self.seat = seat
        self.base = f"sitbone/{seat}"
        path = f"{folder}/{seat}.conf"
        settings = {"port": broker_port, "host": "127.0.0.1", "enabled": "yes", **settings}
        area = settings.pop("area", "")
        here = os.path.dirname(os.path.abspath(__file__))
        environment = {"TSAN_OPTIONS": f"suppressions={here}/tsan.supp", **os.environ, **settings.pop("environment", {})}
        with open(path, "w") as f:
            f.write(f"[seat]\nid = {seat}\n" + (f"area = {area}\n" if area else "") + "[mqtt]\n" +
                    "".join(f"{k} = {v}\n" for k, v in settings.items()))
        self.errors = open(f"{folder}/{seat}.err", "w")
        self.process = subprocess.Popen([f"{build}/tests/system/drive_mqtt", path], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True, env=environment)
        self.lines, self.lock = [], threading.Lock()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.lock:
                self.lines.append(line.strip())

    def said(self, start):
        with self.lock:
            return [line for line in self.lines if line.startswith(start)]

    def log(self):
        with open(self.errors.name, errors="replace") as f:
            return f.read()

    def tell(self, *lines):
        for line in lines:
            self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def connections(self):
        """How often it was connected. Its status may say nothing of a short break."""
        return self.log().count("mqtt: connected to ")

    def status(self, text, seconds=20):
        wait_for(lambda: (self.said("status") or [""])[-1] == "status " + text, seconds,
                 f"status {text}, not {self.said('status')[-1:]}; {self.log()[-300:]}")
        return self

    def child(self):
        """Process id of its sitbone-mqtt, or None."""
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return next((int(p) for p in f.read().split()), None)

    def freeze(self):
        """Both processes: nothing is sent, whatever the broker does."""
        self.process.send_signal(signal.SIGSTOP)
        os.kill(self.child(), signal.SIGSTOP)

    def thaw(self):
        os.kill(self.child(), signal.SIGCONT)
        self.process.send_signal(signal.SIGCONT)

    def worst_us(self):
        before = len(self.said("posts"))
        self.tell("stats")
        wait_for(lambda: len(self.said("posts")) > before)
        words = self.said("posts")[-1].split()
        return int(words[1]), int(words[3])

    def quit(self):
        self.tell("quit")
        self.process.wait(20)
        self.reader.join(20)
        assert self.process.returncode == 0, (self.process.returncode, self.log())
        return int(self.said("stopped")[-1].split()[-1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()  # a frozen one too
            self.process.wait()
        self.errors.close()


def folder():
    return tempfile.TemporaryDirectory(prefix="sitbone-mqtt-")
