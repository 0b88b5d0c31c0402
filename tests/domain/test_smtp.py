import pytest

from feedservice.domain.smtp import MailServer, read_server


def test_a_server_is_read() -> None:
    assert read_server("smtp://desk%40news.example@mail.example") == MailServer(
        host="mail.example", port=587, user="desk@news.example", sender="desk@news.example", has_tls=False
    )  # fmt: skip
    assert read_server("smtps://user@mail.example:4650?from=desk@news.example") == MailServer(
        host="mail.example", port=4650, user="user", sender="desk@news.example", has_tls=True
    )
    assert read_server("smtps://mail.example/?from=a@b.example").port == 465


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("smtp://127.0.0.1:25?from=a@b.example", True),
        ("smtp://[::1]?from=a@b.example", True),
        ("smtp://localhost?from=a@b.example", True),
        ("smtp://10.0.0.1?from=a@b.example", False),
        ("smtp://localhost.example?from=a@b.example", False),
    ],
)
def test_only_this_machine_may_be_told_without_tls(url: str, is_here: bool) -> None:
    assert read_server(url).is_here is is_here


@pytest.mark.parametrize(
    "url",
    [
        "mail.example", "http://mail.example?from=a@b.example", "smtp://mail.example", "smtp://?from=a@b.example",
        "smtp://user:password@mail.example?from=a@b.example", "smtp://user@mail.example", "smtp://mail.example:99999?from=a@b.example",
        "smtp://mail.example?from=a@b.example&from=c@d.example", "smtp://mail.example?form=a@b.example", "smtp://mail.example/x?from=a@b.example",
        "smtp://mail.example?from=a%0D%0ABcc:c@d.example", "smtp://u%0D%0A@mail.example?from=a@b.example", "smtp://بريد.example?from=a@b.example",
        "smtp://mail.example?from=" + "a" * 300 + "@b.example", "smtp://mail example?from=a@b.example", "smtp://" + "a@" * 2000,
    ],
)  # fmt: skip
def test_anything_else_is_none(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - nothing of it is told
        read_server(url)
