"""Each rule finds what it is there for, and leaves alone what is right."""

from __future__ import annotations

import pytest

from tests.lint.findings import SOURCE, parse_module
from tests.lint.python_rules import LARGEST_BYTES, check_module
from tests.lint.service_role import ALLOWED


def find(source: str, name: str = "kit/room/file.py") -> list[str]:
    """Return what the rules say of a file."""
    return [finding.text for finding in check_module(parse_module(name, source))]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("await connection.commit()", "commit() belongs"),
        ("session.rollback()", "rollback() belongs"),
        ("import os\nhome = os.environ['HOME']", "environment"),
        ("import os\nhome = os.getenv('HOME')", "environment"),
        ("from os import environ", "environment"),
        ("at = datetime.now(UTC)", "datetime.now()"),
        ("import datetime\nat = datetime.datetime.utcnow()", "datetime.utcnow()"),
        ("day = date.today()", "date.today()"),
        ("import time\nat = time.time()", "time.time()"),
        ("from time import time", "time.time"),
        ("try:\n    f()\nexcept Exception:\n    pass", "reason"),
        ("try:\n    f()\nexcept Exception:  # noqa: BLE001\n    pass", "reason"),
        ("try:\n    f()\nexcept (ValueError, BaseException):\n    pass", "reason"),
        ("try:\n    f()\nexcept:\n    pass", "reason"),
        ("try:\n    f()\nexcept Exception as error:\n    raise Other from error", "reason"),
        ("class Odd(HeadwaterError): ...", "closed set"),
        ("identity = Identity.service()", "service_role.py"),
        ("identity = db.Identity.service()", "service_role.py"),
        ("sql = f'select * from {table}'", "SQL"),
        ("sql = f'  insert into t values ({value})'", "SQL"),
        ("sql = f'update t set a = {row.value}'", "SQL"),
        ("# " + "x" * LARGEST_BYTES, "bytes"),
    ],
)
def test_breach_is_found(source: str, said: str) -> None:
    found = find(source)
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    "source",
    [
        "at = clock.now()",
        "from headwater.core.clock import now\nat = now()",
        "import time\nbegan = time.perf_counter()",
        "try:\n    f()\nexcept Exception:  # noqa: BLE001  # a probe reports whatever went wrong\n    pass",
        "try:\n    f()\nexcept BaseException:\n    tidy()\n    raise",
        "try:\n    f()\nexcept ValueError:\n    pass",
        "sql = f'select {_COLUMNS} from t where id = $1'",
        "sql = f'select * from {module.READ_ONE}'",
        "note = f'updated {count} rows'",
        "note = f'{count} rows with {name}'",
        "# " + "x" * (LARGEST_BYTES - 3),
    ],
)
def test_what_is_right_is_left_alone(source: str) -> None:
    assert find(source) == []


@pytest.mark.parametrize("name", ["kit/utils.py", "kit/helpers/mail.py", "core/base.py", "products/common/a.py"])
def test_names_that_say_nothing_are_found(name: str) -> None:
    assert len(find("", name)) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("core/clock.py", "at = datetime.now(UTC)"),
        ("core/settings/reading.py", "import os\nhome = os.environ['HOME']"),
        ("process/spawn.py", "import os\nhome = os.environ['HOME']"),
        ("core/database/database.py", "await connection.commit()"),
        ("cli/status.py", "identity = Identity.service()"),
        ("local/rest/statements.py", "sql = f'select * from {table}'"),
    ],
)
def test_the_one_place_for_each_thing_may(name: str, source: str) -> None:
    assert find(source, name) == []


def test_products_make_events_by_their_kinds() -> None:
    source = "event = Event(kind='watch.typo', id=one)"
    assert len(find(source, "products/watch/checks/events.py")) == 1
    assert find(source, "kit/notify/delivery/loading.py") == []
    assert find("event = ALERT.describe(one)", "products/watch/checks/events.py") == []


@pytest.mark.parametrize(
    "source",
    [
        "_LOG = get_logger(__name__)",
        "logger.info('the worker runs')",
        "logger.warning('realtime.slot_lost', slot=name)",
        "logger.error('Failed')",
    ],
)
def test_lines_of_the_log_have_one_shape(source: str) -> None:
    (said,) = find(source)
    assert "logger" in said or "event" in said


def test_events_of_the_log_are_taken() -> None:
    assert (
        find("logger = get_logger(__name__)\nlogger.error('job_failed', exc_info=error)\nlogger.info(f'{name}_lost')")
        == []
    )


def test_a_docstring_that_says_return_belongs_to_a_function_that_does() -> None:
    body = '"""Return a member another role."""'
    assert len(find(f"async def change_role() -> None:\n    {body}")) == 1
    assert find(f"def change_role() -> int:\n    {body}") == []


def test_every_file_in_the_list_of_the_service_role_still_needs_it() -> None:
    for name, reason in ALLOWED.items():
        source = (SOURCE / name).read_text("utf-8")
        assert "Identity.service" in source or "def service" in source, name
        assert len(reason) > 20 or name == "core/database/database.py", name
