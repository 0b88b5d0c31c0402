import gc
import sys

import pytest

from feedservice.system.importing import importing, uncollected


def test_garbage_is_collected_again_whatever_an_import_raises() -> None:
    with importing():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ImportError), uncollected():
        raise ImportError
    assert gc.isenabled()


def test_what_new_modules_made_is_never_looked_at_and_without_new_ones_all_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = gc.get_freeze_count()
    with importing():
        pass
    assert gc.get_freeze_count() == before
    with importing():
        monkeypatch.setitem(sys.modules, "just_imported", sys)
    assert gc.get_freeze_count() > before
