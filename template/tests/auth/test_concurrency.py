# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Many who do the same at the same time, on real connections; and none held while hashing."""

import time
from collections import Counter
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any

from httpx2 import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.passwords import Passwords
from app.auth.tokens import digest_of
from app.database.migration import build_migration_engine
from app.main import create_app
from app.models import EmailToken, TokenPurpose, User, UserCredential
from app.models.base import utc_now
from tests.auth.hashing import Counting
from tests.auth.letters import Letters
from tests.auth.people import ANOTHER_PASSWORD, PASSWORD, add_person, anonymous
from tests.auth.signing_in import LOGIN, proof, proved_by
from tests.auth.swapping import swapped
from tests.auth.user_sessions import add_session
from tests.factories import user_data
from tests.live import LiveService

CLIENTS = 10


def statuses(responses: list[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def add_token(live: LiveService, purpose: TokenPurpose) -> tuple[int, str]:
    """Store a user with an account and a token; return the user's key and the token."""
    names = user_data()
    with Session(build_migration_engine(live.app.state.settings)) as session:
        user = User(**names)
        session.add(user)
        session.flush()
        token = EmailToken(
            user_id=user.id,
            purpose=purpose,
            digest=digest_of(names["username"]),
            expires_at=utc_now() + timedelta(hours=1),
        )
        session.add_all([UserCredential(user_id=user.id, password_hash=""), token])
        session.commit()
        return user.id, names["username"]


def test_of_many_who_use_a_token_one_succeeds(live: LiveService) -> None:
    _, token = add_token(live, TokenPurpose.VERIFY)

    responses = live.at_once(
        lambda _number: live.client.post("/auth/verify", json={"token": token}),
        CLIENTS,
    )

    assert statuses(responses) == {204: 1, 422: CLIENTS - 1}


def test_of_many_who_reset_a_password_one_succeeds(live: LiveService) -> None:
    _, token = add_token(live, TokenPurpose.RESET)
    data = {"token": token, "password": ANOTHER_PASSWORD}

    responses = live.at_once(
        lambda _number: live.client.post("/auth/password/reset", json=data),
        CLIENTS,
    )

    assert statuses(responses) == {204: 1, 422: CLIENTS - 1}


def test_of_many_who_register_an_address_one_gets_it_and_nobody_learns_who(
    live: LiveService,
) -> None:
    email = user_data()["email"]

    def register(_number: int) -> Response:
        data = user_data(email=email, password=PASSWORD)
        return live.client.post("/auth/register", json=data)

    with swapped(live.app, mailer=Letters()):
        responses = live.at_once(register, CLIENTS)

    with Session(build_migration_engine(live.app.state.settings)) as session:
        users = select(func.count()).select_from(User).where(User.email == email)
        assert session.scalar(users) == 1
    assert statuses(responses) == {202: CLIENTS}
    assert {response.text for response in responses} == {responses[0].text}


def test_no_more_passwords_are_hashed_at_once_than_are_allowed(live: LiveService) -> None:
    passwords: Any = Passwords(live.app.state.settings)
    turns = BoundedSemaphore(live.app.state.settings.password_threads)

    def is_within_limit() -> bool:
        """Stay for a moment, so that others would come in."""
        free = turns.acquire(blocking=False)
        time.sleep(0.05)
        if free:
            turns.release()
        return free

    passwords.hasher = counting = Counting(passwords.hasher, is_within_limit)
    with swapped(live.app, passwords=passwords):
        responses = live.at_once(
            lambda _number: live.client.post(LOGIN, json=proof("nobody@example.com")),
            CLIENTS,
        )

    assert statuses(responses) == {401: CLIENTS}
    assert counting.seen == [True] * CLIENTS


async def test_no_connection_is_held_while_a_password_is_hashed(live: LiveService) -> None:
    # The same database, but an app of its own: nothing works beside its requests.
    app = create_app(live.app.state.settings)
    app.state.mailer = letters = Letters()
    counting = Counting(app.state.passwords.hasher, app.state.engine.pool.checkedout)
    app.state.passwords.hasher = counting
    data = user_data(password=PASSWORD)
    async with app.state.sessions() as session:
        person = await add_person(session)
        headers = await add_session(session, app, person["id"])
    change = {"current_password": PASSWORD, "new_password": ANOTHER_PASSWORD}
    close = {"password": ANOTHER_PASSWORD}

    async with anonymous(app) as nobody:
        await nobody.post("/auth/register", json=data)
        await nobody.post("/auth/password/forgot", json={"email": data["email"]})
        reset = {"token": letters.token(data["email"]), "password": ANOTHER_PASSWORD}
        answers = [
            await nobody.post("/auth/password/reset", json=reset),
            await nobody.post("/auth/password", json=change, headers=headers),
        ]
        nobody.cookies.clear()
        proof = proved_by(answers[-1])
        answers.append(await nobody.request("DELETE", "/auth/me", json=close, headers=proof))
    await app.state.engine.dispose()

    assert [answer.status_code for answer in answers] == [204, 200, 204]
    assert counting.seen == [0] * 5
# {% endcall %}
