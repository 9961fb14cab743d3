"""Many clients who write users at the same time, on real connections."""

from collections import Counter

from httpx2 import Response

from tests.factories import user_data
from tests.live import LiveService

CLIENTS = 20


def statuses(responses: list[Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def test_only_one_of_many_clients_creates_an_email(live: LiveService) -> None:
    email = user_data()["email"]

    responses = live.at_once(
        lambda _number: live.client.post("/users", json=user_data(email=email)),
        CLIENTS,
    )

    assert statuses(responses) == {201: 1, 409: CLIENTS - 1}


def test_only_one_of_many_clients_adds_the_same_users_in_any_order(live: LiveService) -> None:
    data = [user_data() for _ in range(CLIENTS)]

    responses = live.at_once(
        lambda number: live.client.post("/users/bulk", json=data if number % 2 else data[::-1]),
        CLIENTS,
    )

    assert statuses(responses) == {201: 1, 409: CLIENTS - 1}


def test_users_that_are_changed_in_opposite_orders_are_all_changed(live: LiveService) -> None:
    created = live.client.post("/users/bulk", json=[user_data() for _ in range(CLIENTS)])
    ids = [user["id"] for user in created.json()]

    def activate(number: int) -> Response:
        order = ids if number % 2 else ids[::-1]
        data = {"ids": order, "is_active": number % 2 == 1}
        return live.client.patch("/users/bulk", json=data)

    responses = live.at_once(activate, CLIENTS)

    found = [live.client.get(f"/users/{key}").json()["is_active"] for key in ids]
    assert statuses(responses) == {200: CLIENTS}
    assert len(set(found)) == 1
