"""Many who send the same refresh token at the same time, on real connections."""

from collections import Counter

from httpx2 import Client, Response
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.auth.login.refreshing import GRACE
from app.database.migration import build_migration_engine
from app.models import RefreshToken, User, UserCredential
from app.models.base import utc_now
from tests.auth.people import PASSWORD, hasher
from tests.factories import user_data
from tests.live import LiveService

AT_ONCE = 10


def sign_in(live: LiveService) -> dict[str, str]:
    """Store a user who may sign in; return the tokens."""
    names = user_data()
    with Session(build_migration_engine(live.app.state.settings)) as session:
        user = User(**names)
        session.add(user)
        session.flush()
        account = UserCredential(user_id=user.id, password_hash=hasher.hash(PASSWORD))
        account.email_verified_at = utc_now()
        session.add(account)
        session.commit()
    login = {"email": names["email"], "password": PASSWORD}
    response = live.client.post("/auth/login", json=login)
    tokens: dict[str, str] = response.raise_for_status().json()
    return tokens


def let_grace_pass(live: LiveService) -> None:
    """Make it longer ago that tokens were used."""
    long_ago = utc_now() - 2 * GRACE
    with Session(build_migration_engine(live.app.state.settings)) as session:
        used = RefreshToken.used_at.is_not(None)
        session.execute(update(RefreshToken).where(used).values(used_at=long_ago))
        session.commit()


def refresh(client: Client, token: str) -> Response:
    return client.post("/auth/refresh", json={"refresh_token": token})


def status_of(live: LiveService, token: str) -> int:
    """Return whether an access token proves anything. Without the key that tests send."""
    with Client(base_url=live.client.base_url) as client:
        response = client.get("/auth/me", headers={"Authorization": f"Bearer {token}"})
    return response.status_code


def statuses(responses: list[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def test_a_token_that_is_sent_many_times_at_once_gives_tokens_each_time(live: LiveService) -> None:
    first = sign_in(live)["refresh_token"]

    responses = live.at_once(lambda _number: refresh(live.client, first), AT_ONCE)
    given = [response.json() for response in responses]
    access = [status_of(live, one["access_token"]) for one in given]
    let_grace_pass(live)
    following = [refresh(live.client, one["refresh_token"]) for one in given]

    assert statuses(responses) == {200: AT_ONCE}
    assert len({one["refresh_token"] for one in given}) == AT_ONCE
    assert access == [200] * AT_ONCE
    assert statuses(following) == {200: AT_ONCE}


def test_a_token_that_is_sent_again_later_ends_all_that_followed(live: LiveService) -> None:
    first = sign_in(live)["refresh_token"]
    responses = live.at_once(lambda _number: refresh(live.client, first), AT_ONCE)
    given = [response.json() for response in responses]
    let_grace_pass(live)

    replayed = refresh(live.client, first)
    access = [status_of(live, one["access_token"]) for one in given]
    following = [refresh(live.client, one["refresh_token"]) for one in given]

    assert replayed.status_code == 401
    assert access == [401] * AT_ONCE
    assert statuses(following) == {401: AT_ONCE}


def test_who_sends_an_old_token_while_others_go_on_ends_the_sign_in(live: LiveService) -> None:
    first = sign_in(live)["refresh_token"]
    second = refresh(live.client, first).json()["refresh_token"]
    let_grace_pass(live)

    responses = live.at_once(
        lambda number: refresh(live.client, first if number == 0 else second),
        AT_ONCE,
    )
    given = [response.json() for response in responses if response.status_code == 200]
    access = [status_of(live, one["access_token"]) for one in given]

    assert set(statuses(responses)) <= {200, 401}
    assert responses[0].status_code == 401
    assert access == [401] * len(given)
