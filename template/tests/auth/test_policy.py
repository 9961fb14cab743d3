# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""New passwords: long ones of any kind are taken, and those that others try first are not."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from app.auth.policy import SERVICE, common_passwords
from tests.auth.people import PASSWORD
from tests.auth.refusals import assert_refused
from tests.auth.swapping import swapped
from tests.factories import user_data

PATH = "/auth/register"
COMMON = "password that many people have"
ABOUT = "little more than"


def data(password: str, **fields: Any) -> dict[str, Any]:
    return user_data(password=password) | fields


@pytest.mark.parametrize(
    "password",
    [
        "abc xyz uvw kl1",
        "nothing but small letters",
        "847362918273645",
        "łódź świeci jak żółw",
        "马 船 湖 绿 七 猫 头 鹰 三",
        "with \t any \U0001f989 sign <'\"&;%\\>",
        "z" * 10 + " kg, 54 chars more than anybody types by hand, or not",
        "seven green boats " * 14,
    ],
    ids=["15", "no composition", "digits", "letters", "Chinese", "signs", "64", "252"],
)
async def test_a_long_password_of_any_kind_is_taken(nobody: AsyncClient, password: str) -> None:
    response = await nobody.post(PATH, json=data(password))

    assert response.status_code == 202


@pytest.mark.parametrize(
    "password",
    ["", "a", "a8Z!kq#", "a8Z!kq#M", "tiny owl sings", " " * 20, "\ufdfa"],
)
async def test_a_short_password_is_refused(nobody: AsyncClient, password: str) -> None:
    response = await nobody.post(PATH, json=data(password))

    assert_refused(response, "character")


async def test_the_message_about_a_short_password_tells_what_to_do(nobody: AsyncClient) -> None:
    response = await nobody.post(PATH, json=data("tiny owl sings"))

    assert_refused(response, "Shorter than 15 characters. Take a few words")


@pytest.mark.parametrize(("password", "status"), [("a8Z!kq#", 422), ("a8Z!kq#M", 202)])
async def test_eight_characters_are_enough_behind_a_second_factor(
    app: FastAPI,
    nobody: AsyncClient,
    password: str,
    status: int,
) -> None:
    settings = app.state.settings.model_copy(update={"second_factor_in_front": True})

    with swapped(app, settings=settings):
        response = await nobody.post(PATH, json=data(password))
        common = await nobody.post(PATH, json=data("Password1"))

    assert response.status_code == status
    assert_refused(common, COMMON)


async def test_more_than_the_cap_is_refused_and_never_cut(nobody: AsyncClient) -> None:
    response = await nobody.post(PATH, json=data("seven green boats " * 15))

    assert_refused(response, "256")


@pytest.mark.parametrize("length", [64, 256])
async def test_every_character_of_a_long_password_counts(app: FastAPI, length: int) -> None:
    passwords = app.state.passwords
    password = "b" * (length - 1)
    stored = await passwords.hash(f"{password}1")

    right = await passwords.verify(f"{password}1", stored)
    wrong = await passwords.verify(f"{password}2", stored)

    assert (right, wrong) == (True, False)


def test_the_list_holds_the_most_common_ones_of_either_length() -> None:
    long_ones = [password for password in common_passwords() if len(password) >= 15]

    assert min(map(len, common_passwords())) >= 8
    assert len(common_passwords()) - len(long_ones) >= 3000
    assert len(long_ones) >= 3000


@pytest.mark.parametrize(
    "password",
    ["passwordpassword", "PasswordPassword", "qwertyuiopasdfgh", "1234567890123456", "z" * 15],
)
async def test_a_common_password_is_refused_in_any_case(
    nobody: AsyncClient,
    password: str,
) -> None:
    plain = await nobody.post(PATH, json=data(password))
    padded = await nobody.post(PATH, json=data(f"  {password.upper()} "))

    assert_refused(plain, COMMON)
    assert_refused(padded, COMMON)


@pytest.mark.parametrize(
    "password",
    [
        "Bartholomew2026!",
        "1!2!3!4!5!bartholomew",
        "bartholomewbartholomew",
        "ada.lovelace-1815",
        "ada+lovelace@1234",
        f"{SERVICE} 2026 !!!!!!!!",
        f"{SERVICE}{SERVICE}{SERVICE}".lower(),
    ],
)
async def test_what_is_known_of_the_user_or_the_service_is_no_password(
    nobody: AsyncClient,
    password: str,
) -> None:
    names = {"username": "bartholomew", "email": "ada.lovelace@example.com"}
    response = await nobody.post(PATH, json=data(password, **names))

    assert_refused(response, ABOUT)


async def test_a_word_about_the_user_among_others_does_no_harm(nobody: AsyncClient) -> None:
    response = await nobody.post(PATH, json=data("bartholomew feeds owls", username="bartholomew"))

    assert response.status_code == 202


async def test_one_password_has_one_form_however_it_is_typed(app: FastAPI) -> None:
    passwords = app.state.passwords
    stored = await passwords.hash("caf\u00e9 \ufb01nds owls")

    found = await passwords.verify("cafe\u0301 finds owls", stored)

    assert found


@pytest.mark.parametrize("value", ['"half \\ud800 of a character"', "5", "[]", "null", '{"a": 1}'])
async def test_what_is_no_text_is_refused_and_not_repeated(
    nobody: AsyncClient,
    value: str,
) -> None:
    names = user_data()
    body = json.dumps(names | {"password": 0}).replace("0}", value + "}")

    headers = {"Content-Type": "application/json"}
    response = await nobody.post(PATH, content=body, headers=headers)

    assert_refused(response, "")
    assert value not in response.text


async def test_a_refused_password_is_not_repeated(nobody: AsyncClient) -> None:
    response = await nobody.post(PATH, json=data(PASSWORD, email="no address"))

    assert response.status_code == 422
    assert PASSWORD not in response.text
# {% endcall %}
