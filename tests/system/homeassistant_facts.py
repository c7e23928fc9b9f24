# SPDX-License-Identifier: MIT
"""What sitbone's device discovery message may contain: the keys that sitbone's platforms use, checked against the names and
enumerations that Home Assistant accepts (homeassistant_facts.json)."""

import json
import os
import re

ENTITY = set("""availability availability_mode availability_template availability_topic default_entity_id
    enabled_by_default encoding entity_category entity_picture group icon json_attributes_template
    json_attributes_topic name payload_available payload_not_available qos unique_id""".split())
ALLOWED = {
    "binary_sensor": ENTITY | set("""device_class expire_after force_update off_delay payload_off payload_on state_topic
        value_template""".split()),
    "sensor": ENTITY | set("""device_class expire_after force_update last_reset_value_template options state_class
        state_topic suggested_display_precision unit_of_measurement value_template""".split()),
    "event": ENTITY | {"device_class", "event_types", "state_topic", "value_template"},
    "button": ENTITY | {"command_template", "command_topic", "device_class", "payload_press", "retain"},
    "switch": ENTITY | set("""command_template command_topic device_class optimistic payload_off payload_on retain
        state_off state_on state_topic value_template""".split()),
    "text": ENTITY | set("""command_template command_topic max min mode optimistic pattern retain state_topic
        value_template""".split()),
    "number": ENTITY | set("""command_template command_topic device_class max min mode optimistic payload_reset retain
        state_topic step unit_of_measurement value_template""".split()),
    "select": ENTITY | set("command_template command_topic optimistic options retain state_topic value_template".split()),
    "device_automation": set("automation_type encoding group payload qos subtype topic type value_template".split()),
}
REQUIRED = {
    "binary_sensor": {"state_topic"},
    "sensor": {"state_topic"},
    "event": {"event_types", "state_topic"},
    "button": {"command_topic"},
    "switch": {"command_topic"},
    "text": {"command_topic"},
    "number": {"command_topic"},
    "select": {"command_topic", "options"},
    "device_automation": {"automation_type", "subtype", "topic", "type"},
}
ROOT = set("""availability availability_mode availability_template availability_topic command_topic components device
    encoding origin payload_available payload_not_available qos state_topic""".split())
DEVICE = set("""configuration_url connections hw_version identifiers manufacturer model model_id name serial_number
    suggested_area sw_version via_device""".split())
ORIGIN = {"name", "sw_version", "support_url"}
BINARY_CLASSES = {"connectivity", "occupancy", "problem"}
SENSOR_CLASSES = {  # class: units, state classes
    "enum": (set(), set()),
    "timestamp": (set(), set()),
    "duration": ({"d", "h", "min", "ms", "s"}, {"measurement", "total", "total_increasing"}),
    "frequency": ({"Hz"}, {"measurement"}),
}
STATE_CLASSES = {"measurement", "total", "total_increasing"}


def check_sensor(key, c):
    device_class, unit, state_class = c.get("device_class"), c.get("unit_of_measurement"), c.get("state_class")
    assert state_class is None or state_class in STATE_CLASSES, key
    if device_class:
        units, states = SENSOR_CLASSES[device_class]
        assert (unit in units) if units else unit is None, (key, unit)
        assert (state_class in states) if states else state_class is None, (key, state_class)
    assert ("options" in c) == (device_class == "enum"), key


def check_component(key, c, seat):
    c = dict(c)
    platform = c.pop("platform")
    assert re.fullmatch(r"[a-zA-Z0-9_-]+", key), key
    assert set(c) <= ALLOWED[platform], (key, set(c) - ALLOWED[platform])
    assert set(c) >= REQUIRED[platform], (key, REQUIRED[platform] - set(c))
    if platform != "device_automation":
        assert c["unique_id"] == f"sitbone_{seat}_{key}" and "name" in c, key
    if platform == "sensor":
        check_sensor(key, c)
    if platform == "binary_sensor" and "device_class" in c:
        assert c["device_class"] in BINARY_CLASSES, key
    assert c.get("entity_category") in (None, "config", "diagnostic"), key
    for topic in (v for k, v in c.items() if k.endswith("topic")):
        assert topic.startswith(f"sitbone/{seat}/"), topic
        assert not set(topic) & set("+#~") or (key, topic) == ("last_command", f"sitbone/{seat}/response/+"), topic


def check(config, seat, controls=False):
    """controls: the message beside the first one, which has no entity named like the device."""
    assert set(config) <= ROOT and {"device", "origin", "components"} <= set(config), set(config)
    assert set(config["device"]) <= DEVICE and config["device"]["identifiers"] == [f"sitbone_{seat}"]
    assert set(config["origin"]) <= ORIGIN and config["origin"]["name"]
    assert all(isinstance(v, str) and v for k, v in config["device"].items() if k != "identifiers")
    assert config["device"].get("suggested_area") in (None, "Office")
    ids = [c["unique_id"] for c in config["components"].values() if "unique_id" in c]
    assert len(ids) == len(set(ids)) and len(json.dumps(config)) < 20000
    names = [c["name"] for c in config["components"].values() if "unique_id" in c]
    assert names.count(None) == (0 if controls else 1) and len(names) == len(set(names)) and config["device"]["name"] not in names
    for key, component in config["components"].items():
        check_component(key, component, seat)
    cross_check(config)


def facts():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "homeassistant_facts.json"), encoding="utf-8") as f:
        return json.load(f)


def cross_check(config):
    """Home Assistant's own list must agree with the message and with the lists above."""
    known = facts()
    for platform, allowed in ALLOWED.items():
        assert allowed <= set(known["components"][platform]), allowed - set(known["components"][platform])
        required = {k for k, v in known["components"][platform].items() if v == "required"} - {"device"}
        assert required <= REQUIRED[platform], required
    assert set(config) <= set(known["device_discovery"])
    assert set(config["device"]) <= set(known["device_abbreviations"].values()) | {"via_device"}
    assert set(config["origin"]) <= set(known["origin_abbreviations"].values())
    for key, c in config["components"].items():
        assert set(c) - {"platform"} <= set(known["components"][c["platform"]]), key
        device_class = c.get("device_class")
        if c["platform"] == "binary_sensor" and device_class:
            assert device_class in known["binary_sensor_device_classes"], key
        if c["platform"] == "sensor" and device_class:
            assert device_class in known["sensor_device_classes"], key
            states = known["sensor_device_class_state_classes"].get(device_class, [])
            assert c.get("state_class") is None or c["state_class"] in states, key
            units = known["sensor_units"].get(device_class)
            assert not units or c["unit_of_measurement"] in units, key
