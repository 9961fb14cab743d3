# {% from "extensions/written_async.jinja" import written_async %}
# {% call written_async(concurrency) %}
"""Routes of authentication: login, registration, password reset, profile, sessions, API keys.

Routes for anonymous clients answer alike whether an email has an account or not.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from app.auth.api_keys import ApiKeyService
# {% if auth == "jwt" %}
from app.auth.backend import LoginResponse, RefreshRequest, rotate_refresh_token, token_response
from app.auth.dependencies import (
    ClientName,
    CurrentActor,
    CurrentUser,
    SessionFactoryDep,
    SettingsDep,
)
# {% else %}
from app.auth.backend import (
    COOKIE,
    CookieSecret,
    CsrfToken,
    LoginResponse,
    csrf_response,
    delete_replaced_session,
    token_response,
)
from app.auth.dependencies import ClientName, CurrentActor, CurrentUser
# {% endif %}
from app.auth.email import MailerDep
from app.auth.password_reset import PasswordResetService
from app.auth.profile import ProfileService
from app.auth.rate_limit import rate_limit_by_email, rate_limit_by_user
from app.auth.registration import RegistrationService
from app.auth.schemas import (
    Accepted,
    ApiKeyCreate,
    ApiKeyCreated,
    ApiKeyRead,
    Deactivation,
    EmailRequest,
    LoginRequest,
    PasswordChange,
    PasswordReset,
    ProfileRead,
    ProfileUpdate,
    Registration,
    SessionRead,
    VerificationRequest,
)
from app.auth.sessions import LoginService, SessionService
from app.models import ApiKey
from app.pagination import Page, PageQuery
from app.schemas import Id

router = APIRouter(prefix="/auth", tags=["auth"])
REGISTERED = Accepted(detail="We sent an email to this address.")
EMAIL_SENT = Accepted(detail="If this address has an account, we sent an email to it.")

Logins = Annotated[LoginService, Depends()]
Sessions = Annotated[SessionService, Depends()]
Registrations = Annotated[RegistrationService, Depends()]
PasswordResets = Annotated[PasswordResetService, Depends()]
Profiles = Annotated[ProfileService, Depends()]
ApiKeys = Annotated[ApiKeyService, Depends()]


# {% if auth == "jwt" %}
@router.post("/login", dependencies=[rate_limit_by_email])
async def login(
    data: LoginRequest,
    client: ClientName,
    service: Logins,
    response: Response,
) -> LoginResponse:
    """Log in by email and password."""
    password = data.password.get_secret_value()
    new_session = await service.login(data.email, password, client)
    return token_response(service.settings, new_session, response)


@router.post("/refresh", dependencies=[rate_limit_by_email])
async def refresh_token(
    data: RefreshRequest,
    settings: SettingsDep,
    sessions: SessionFactoryDep,
    response: Response,
) -> LoginResponse:
    """Exchange a refresh token for new tokens. It is valid only once."""
    new_session = await rotate_refresh_token(settings, sessions, data.refresh_token)
    return token_response(settings, new_session, response)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(actor: CurrentUser, service: Sessions) -> None:
    """Log out. Revokes the session with all its tokens."""
    await service.logout(actor)


# {% else %}
@router.post("/login", dependencies=[rate_limit_by_email])
async def login(
    data: LoginRequest,
    client: ClientName,
    cookie: CookieSecret,
    service: Logins,
    response: Response,
) -> LoginResponse:
    """Log in by email and password. Revokes the session of an older cookie."""
    password = data.password.get_secret_value()
    new_session = await service.login(data.email, password, client)
    await delete_replaced_session(service.sessions, cookie)
    return token_response(service.settings, new_session, response)


@router.get("/csrf")
async def read_csrf_token(
    _actor: CurrentUser,
    cookie: CookieSecret,
    response: Response,
) -> CsrfToken:
    """Get the CSRF token of this session, which each changing request sends."""
    return csrf_response(cookie, response)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(actor: CurrentUser, service: Sessions, response: Response) -> None:
    """Log out. Revokes the session and deletes its cookie."""
    await service.logout(actor)
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")


# {% endif %}
@router.post("/register", status_code=status.HTTP_202_ACCEPTED, dependencies=[rate_limit_by_email])
async def register(data: Registration, service: Registrations, mailer: MailerDep) -> Accepted:
    """Register. The account is usable once the email is verified."""
    mail = await service.register(data)
    mailer.send(mail)
    return REGISTERED


@router.post("/verify", status_code=status.HTTP_204_NO_CONTENT, dependencies=[rate_limit_by_email])
async def verify_email(data: VerificationRequest, service: Registrations) -> None:
    """Verify an email by the token that was sent to it."""
    await service.verify_email(data.token)


@router.post(
    "/verify/request",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[rate_limit_by_email],
)
async def resend_verification(
    data: EmailRequest,
    service: Registrations,
    mailer: MailerDep,
) -> Accepted:
    """Resend the verification email."""
    mailer.send_built(service.resend_verification, data.email)
    return EMAIL_SENT


@router.post(
    "/password/forgot",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[rate_limit_by_email],
)
async def forgot_password(
    data: EmailRequest,
    service: PasswordResets,
    mailer: MailerDep,
) -> Accepted:
    """Request an email to reset the password."""
    mailer.send_built(service.request_reset, data.email)
    return EMAIL_SENT


@router.post(
    "/password/reset",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[rate_limit_by_email],
)
async def reset_password(data: PasswordReset, service: PasswordResets, mailer: MailerDep) -> None:
    """Set a new password by the token of a reset email. Revokes all sessions and API keys."""
    mail = await service.reset_password(data.token, data.password.get_secret_value())
    mailer.send(mail)


@router.post("/password", dependencies=[rate_limit_by_user])
async def change_password(
    data: PasswordChange,
    actor: CurrentUser,
    service: Profiles,
    mailer: MailerDep,
    response: Response,
) -> LoginResponse:
    """Change the password. Replaces all sessions by a new one."""
    current = data.current_password.get_secret_value()
    new = data.new_password.get_secret_value()
    mail, new_session = await service.change_password(actor, current, new)
    mailer.send(mail)
    return token_response(service.settings, new_session, response)


@router.get("/me")
async def read_profile(actor: CurrentActor, service: Profiles) -> ProfileRead:
    """Get the current user. API keys can call this too."""
    return await service.get(actor)


@router.patch("/me")
async def update_profile(data: ProfileUpdate, actor: CurrentUser, service: Profiles) -> ProfileRead:
    """Update the current user."""
    return await service.update(actor, data)


@router.delete("/me", status_code=status.HTTP_204_NO_CONTENT, dependencies=[rate_limit_by_user])
async def deactivate_account(data: Deactivation, actor: CurrentUser, service: Profiles) -> None:
    """Deactivate the current user. Revokes all sessions and API keys."""
    await service.deactivate(actor, data.password.get_secret_value())


@router.get("/sessions")
async def list_sessions(
    actor: CurrentUser,
    service: Sessions,
    query: Annotated[PageQuery, Query()],
) -> Page[SessionRead]:
    """List your active sessions, newest first."""
    return await service.page(actor, query)


@router.delete("/sessions", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_other_sessions(actor: CurrentUser, service: Sessions) -> None:
    """Revoke all sessions but the current one."""
    await service.revoke_others(actor)


@router.delete("/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_session(session_id: Id, actor: CurrentUser, service: Sessions) -> None:
    """Revoke a session."""
    await service.revoke(actor, session_id)


@router.get("/api-keys", response_model=Page[ApiKeyRead])
async def list_api_keys(
    actor: CurrentUser,
    service: ApiKeys,
    query: Annotated[PageQuery, Query()],
) -> Page[ApiKey]:
    """List your API keys, oldest first."""
    return await service.page(actor, query)


@router.post("/api-keys", status_code=status.HTTP_201_CREATED)
async def create_api_key(
    data: ApiKeyCreate,
    actor: CurrentUser,
    service: ApiKeys,
    response: Response,
) -> ApiKeyCreated:
    """Create an API key. Its secret is shown only in this response."""
    api_key, key = await service.create(actor, data)
    response.headers["Location"] = f"/auth/api-keys/{api_key.id}"
    response.headers["Cache-Control"] = "no-store"
    created = ApiKeyRead.model_validate(api_key)
    return ApiKeyCreated(**created.model_dump(), key=key)


@router.delete("/api-keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_api_key(key_id: Id, actor: CurrentUser, service: ApiKeys) -> None:
    """Revoke an API key."""
    await service.revoke(actor, key_id)
# {% endcall %}
