import gc

import pytest

from feedservice.system.importing import uncollected


def test_garbage_is_collected_again_whatever_an_import_raises() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ImportError), uncollected():
        raise ImportError
    assert gc.isenabled()
