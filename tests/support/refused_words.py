"""Words that no text here uses, each with what a developer of this field would write instead."""

import re
from functools import cache

# In prose, in whatever case.
PROSE = {
    r"whoever": "name the actor: the client, the user",
    r"nobody": "no user, no client, an anonymous client",
    r"of today": "today's, current",
    r"anew": "again, new",
    r"(?:comes?|came) to nothing": "fails, has no effect",
    r"may": "can; must not; is allowed to",
    r"people|persons?": "user, member, staff",
    r"strangers?|visitors?": "anonymous client",
    r"sign-ins?|sign_ins?": "session, login",
    r"leftovers?": "expired rows",
    r"proofs?|(?:un)?prove[sdn]?|proving": "credential; verify, verified; show",
    r"app[/.]accounts\b|tests[/.]accounts\b|accounts/": "app/auth, tests/auth",
}
# A clause about an actor that has no noun, unless it is a question.
CLAUSES = {r"\bWho [a-z]+(?![^.\n]*\?)": "The client that, the user who"}
# Only of services: pages also tell of computers.
SERVICES = {r"machines?": "API key, client; host for a computer"}
# Names that were renamed.
NAMES = {
    r"end_sign_ins|end_everything|end_where_inactive": "revoke_sessions, revoke_credentials",
    r"distrust_email": "reset_email_verification",
    r"delete_leftovers|app db prune": "delete_expired_sessions_and_tokens, app db cleanup",
    r"CountOnce|ATTEMPTS_PER_\w+|attempts_per_\w+": "hit, RATE_LIMIT_PER_ACCOUNT",
    r"PostBox": "BackgroundMailer",
    r"SignIn\w*|SignedIn|only_people": "UserSession, CurrentUser",
    r"OneTimeTokens?|one_time_tokens?": "EmailToken",
    r"class (?:Purpose|Account)|def (?:use_token|refused)": "TokenPurpose, UserCredential",
    r"forgetful_user|unproved_user|addresses_in_use": "lock_user_for_reset, unverified_user",
    r"def (?:remind|longest|is_open|narrow|exact)": "the name in docs/reference/glossary.md",
    r"ALIVE|find_person|_prove": "ACTIVE_USER, get_session_actor, check_password",
    r"open_sign_in|answer_sign_in": "create_session, token_response",
    r"ShortSessions?": "SessionFactoryDep",
    r"PROOF_\w+": "a name of OWASP's Logging Vocabulary",
    r"class (?:Proof|Credential|Ended)|_told": "BearerToken, RevokedCounts, _summary",
    r"class (?:Once|Repeatable)|StoredAnswers?": "Idempotency, IdempotencyRecord",
    r"def (?:sell|give_back)|wanted_quantities": "reserve_stock, release_stock",
    r"SINKS|Buyer|OWN_PATH|show_own": "HANDLERS, ShopUser, same_user_or_staff",
    r"find_violation|find_failure": "constraint_violation, transient_failure",
    r"MOST_\w+|DEEPEST|WIDEST|FEW|PATIENCE|PATIENT|FAREWELL_SECONDS|WAY_OUT": "MAX_…, …_SECONDS",
    r"LARGEST_\w+|LONGEST_\w+|MINIMUM(?:_\w+)?": "MAX_…, MIN_PASSWORD_LENGTH",
    r"class (?:Stored|Body|Patch|Selection)|each_once": "ReadModel, RequestBody, PartialUpdate",
    r"with_accounts": "user_id as an argument; guards of routes",
    r"test_(?:crowds|leftovers|narrowing)": "test_concurrent_load, test_cleanup, test_row_access",
    r"tests[/.](?:nobody|letters|people|proofs|swapping|scratch|holding|world|patience)\b": (
        "anonymous_client, mailbox, credentials, override_state, temp_tables"
    ),
}


def _compiled(words: dict[str, str], flags: int = 0) -> dict[re.Pattern[str], str]:
    return {
        re.compile(rf"(?<![\w-])(?:{one})(?![\w-])", flags): instead
        for one, instead in words.items()
    }


EVERYWHERE = {**_compiled(PROSE, re.IGNORECASE), **_compiled(NAMES)}
EVERYWHERE |= {re.compile(one): instead for one, instead in CLAUSES.items()}
IN_SERVICES = EVERYWHERE | _compiled(SERVICES, re.IGNORECASE)


@cache
def refused_in(text: str, *, of_service: bool = False) -> list[str]:
    """Return where a text uses a refused word, each as a line with what to write."""
    words = IN_SERVICES if of_service else EVERYWHERE
    return [
        f"line {text.count(chr(10), 0, match.start()) + 1}: {match[0]!r}; write: {instead}"
        for pattern, instead in words.items()
        for match in pattern.finditer(text)
    ]
