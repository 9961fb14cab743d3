"""The texts of mails. Where a page of yours takes a token, put a link to it here instead.

Let such a link end with `#` and the token: what stands behind a # stays out of the logs of servers.
"""

from app.auth.mail import Mail

SERVICE = "{{ project_name }}"


def address_to_prove(url: str, email: str, username: str, token: str) -> Mail:
    """Return the mail after a registration."""
    return Mail(
        email,
        f"{SERVICE}: please confirm your e-mail address",
        f"Somebody, you we hope, has chosen the username {username}. To confirm that this is your\n"
        f"address, send this token to {url}/auth/verify within 24 hours:\n\n"
        f"{token}\n\n"
        "If it was not you, do nothing: without the token nobody can sign in.\n",
    )


def address_in_use(url: str, email: str) -> Mail:
    """Return the mail after a registration with an address that has an account already."""
    return Mail(
        email,
        f"{SERVICE}: you have an account already",
        "Somebody, you we hope, wanted to register with this address, which has an account\n"
        "already. Nothing was changed. If you do not know its password, or have not confirmed\n"
        f"this address yet, set a new password: {url}/auth/password/forgot does both.\n\n"
        "If it was not you, do nothing.\n",
    )


def username_in_use(url: str, email: str, username: str) -> Mail:
    """Return the mail after a registration with a username that somebody else has."""
    return Mail(
        email,
        f"{SERVICE}: please choose another username",
        f"The username {username} is in use. Nothing was stored: please register again, with\n"
        f"another one, at {url}/auth/register\n",
    )


def password_to_reset(url: str, email: str, username: str, token: str) -> Mail:
    """Return the mail for who has forgotten the password."""
    return Mail(
        email,
        f"{SERVICE}: set a new password",
        f"Somebody, you we hope, has asked for a new password for the username {username}. Send\n"
        f"it with this token to {url}/auth/password/reset within an hour:\n\n"
        f"{token}\n\n"
        "If it was not you, do nothing: your password stays what it is.\n",
    )


def password_changed(url: str, email: str) -> Mail:
    """Return the mail after a change of the password, so that its owner hears of it."""
    return Mail(
        email,
        f"{SERVICE}: your password was changed",
        "Your password was changed. If it was not you, set a new one at once:\n"
        f"{url}/auth/password/forgot\n",
    )
