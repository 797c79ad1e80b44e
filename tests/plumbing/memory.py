"""Keep the garbage collector away from what stays: modules, and thousands of collected tests.

Each of its full searches would walk through all of them again, hundreds of times in a run.
"""

import gc

import pytest

gc.disable()  # while everything is imported, there is nothing to find


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """From here on it searches only what the tests themselves leave behind."""
    gc.collect()
    gc.freeze()
    gc.enable()
