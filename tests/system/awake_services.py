#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Services of the session bus that list the programs which keep the screen awake: the power management of Xfce and GNOME's
session. The file given says which is on: power, session, or nothing."""
import os
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

POWER, SESSION = "org.freedesktop.PowerManagement.Inhibit", "org.gnome.SessionManager"
PROPERTIES = "org.freedesktop.DBus.Properties"


class Power(dbus.service.Object):
    @dbus.service.method(POWER, out_signature="b")
    def HasInhibit(self):
        return state() == "power"

    @dbus.service.method(POWER, out_signature="as")
    def GetInhibitors(self):
        return ["Firefox", "Steam"]

    @dbus.service.signal(POWER, signature="b")
    def HasInhibitChanged(self, on):
        pass


class Session(dbus.service.Object):
    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return dbus.UInt32(9 if state() == "session" else 1)

    @dbus.service.signal(PROPERTIES, signature="sa{sv}as")
    def PropertiesChanged(self, interface, changed, invalid):
        pass

    @dbus.service.method(SESSION, out_signature="ao")
    def GetInhibitors(self):
        return ["/org/gnome/SessionManager/Inhibitor1", "/org/gnome/SessionManager/Inhibitor2"]


class Inhibitor(dbus.service.Object):
    def __init__(self, bus, path, program, flags):
        super().__init__(bus, path)
        self.program, self.flags = program, flags

    @dbus.service.method(SESSION + ".Inhibitor", out_signature="s")
    def GetAppId(self):
        return self.program

    @dbus.service.method(SESSION + ".Inhibitor", out_signature="u")
    def GetFlags(self):
        return dbus.UInt32(self.flags)


def state():
    with open(sys.argv[1], encoding="ascii") as file:
        return file.read().strip()


def watch(before):
    if state() != before[0]:
        before[0] = state()
        power.HasInhibitChanged(before[0] == "power")
        session.PropertiesChanged(SESSION, {}, ["InhibitedActions"])
    return True


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
power = Power(dbus.service.BusName(POWER, bus), "/org/freedesktop/PowerManagement/Inhibit")
session = Session(dbus.service.BusName(SESSION, bus), "/org/gnome/SessionManager")
others = (Inhibitor(bus, "/org/gnome/SessionManager/Inhibitor1", "updater", 1),
          Inhibitor(bus, "/org/gnome/SessionManager/Inhibitor2", "Totem", 8))
GLib.timeout_add(50, watch, [state()])
print("ready", os.getpid(), flush=True)
GLib.MainLoop().run()
