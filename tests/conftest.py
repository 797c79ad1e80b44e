"""Fixtures for every test.

- `database_url`: a migrated, empty database of this test's own; nothing is connected to it.
- `database`: the same, connected for the test.
- `redis_url`: an empty Redis database of this worker's own; its tests are skipped without Redis.
- `clock`: a held clock in place of the real one; `clock.move(minutes=5)`.
- `house`: the whole application over HTTP with the demo's staff, on `database_url`;
  `await house.visitor()`, `await house.signed_in("village1")`, `await visitor.post(path, {...})`.
- `rooms`: real media nodes and app processes, `await rooms.start_node()`, `.start_app()`;
  `joined_rooms`: the same on PostgreSQL with Redis between the app processes.
- `village`: real test hosts, network namespaces behind lines that can be made bad;
  `village_rooms`: rooms whose nodes and app processes run on its county host.
- `sandbox`: WeChat's sandbox on a port of its own; `wechat`: clients that talk to it.
- `mosquitto`: a real MQTT broker of the test's own, with accounts for the house and two devices.
- `coturn`: a real TURN server on loopback, started by deploy/start-turn.
- `firefox`: a Firefox of the test's own, driven over Marionette.
- `browser`: Chromium, started once for each worker.
- `calm`: waits until the machine has room for another call with pictures; the next ones use it.
- `profile`: `await profile()` opens a browser profile: own cookies, fake camera, microphone.
- `screenshot`: `await screenshot(page, "name")` writes test-results/screens/name-{desk,phone}.png,
  when `TEST_SCREENS` is set.
- `accessible`: `await accessible(page)` fails with what axe finds wrong.

`TEST_DATABASE` is `sqlite` (default) or `postgres`, which also means Redis. Every test and
fixture of a worker shares one event loop. No test reaches the outside network.
"""

from hypothesis import settings

settings.register_profile("house", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("house")

pytest_plugins = [  # before those that import them
    "tests.plumbing.memory",
    "tests.plumbing.priority",
    "tests.plumbing.order",
    "tests.plumbing.hangs",
    "tests.plumbing.network",
    "tests.plumbing.clocks",
    "tests.plumbing.models",
    "tests.plumbing.databases",
    "tests.plumbing.keys",
    "tests.plumbing.browsers",
    "tests.plumbing.house",
    "tests.plumbing.rooms",
    "tests.plumbing.hosts",
    "tests.plumbing.coturn",
    "tests.plumbing.brokers",
    "tests.plumbing.firefox",
    "tests.plumbing.wechat",
]
