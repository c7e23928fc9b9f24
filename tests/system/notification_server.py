#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""org.freedesktop.Notifications on the session bus: writes every call as a line of JSON to the file given, and presses the
newest button whose name is written into FILE.press. For tests of the agent inside a machine without a screen."""
import json
import os
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = "org.freedesktop.Notifications"


class Server(dbus.service.Object):
    def __init__(self, bus, path):
        super().__init__(dbus.service.BusName(NAME, bus), "/org/freedesktop/Notifications")
        self.log, self.press = open(path, "w", buffering=1), path + ".press"
        self.last, self.offers = 0, {}
        GLib.timeout_add(100, self.look)

    def look(self):
        if os.path.exists(self.press):
            with open(self.press) as f:
                action = f.read().strip()
            os.unlink(self.press)
            self.ActionInvoked(self.offers[action], action)
        return True

    @dbus.service.method(NAME, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, icon, summary, body, actions, hints, expire):
        number = int(replaces) or self.last + 1
        self.last = max(self.last, number)
        self.offers.update({action: number for action in actions[::2]})
        print(json.dumps({"call": "Notify", "id": number, "replaces": int(replaces), "app": app, "summary": summary,
                          "body": body, "actions": list(actions), "hints": {k: str(v) for k, v in hints.items()}}),
              file=self.log)
        return dbus.UInt32(number)

    @dbus.service.method(NAME, in_signature="u")
    def CloseNotification(self, number):
        print(json.dumps({"call": "CloseNotification", "id": int(number)}), file=self.log)
        self.NotificationClosed(number, 3)

    @dbus.service.method(NAME, out_signature="as")
    def GetCapabilities(self):
        return ["actions", "body", "persistence"]

    @dbus.service.method(NAME, out_signature="ssss")
    def GetServerInformation(self):
        return "recorder", "sitbone", "1", "1.2"

    @dbus.service.signal(NAME, signature="us")
    def ActionInvoked(self, number, action):
        pass

    @dbus.service.signal(NAME, signature="uu")
    def NotificationClosed(self, number, reason):
        pass


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
server = Server(dbus.SessionBus(), sys.argv[1])
GLib.MainLoop().run()
