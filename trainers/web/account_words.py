"""What Flask-Security's pages say, in this site's words. Nothing here tells whether an address has an account."""

_WRONG = "That address and password do not go together, or the address is not confirmed yet."
_UNKNOWN_LINK = "We do not know that link. Copy it whole from the mail, or ask for a new one."
_OLD_LINK = "That link is too old. Ask for a new one."
_ON_ITS_WAY = "If that address has an account, a link to choose a new password is on its way there."
_TOO_LATE = "That took too long. Begin once more."
_NO_PASSKEY = "That passkey does not open this account. Try another one, or a recovery code."
_CHANGED = "Your password is changed. Sign in with the new one."

_WORDS = {
    "error": {
        "API_ERROR": "That link was used before, or is not whole. Ask for a new one if you still need it.",
        "ANONYMOUS_USER_REQUIRED": "You are signed in already.",
        "CHANGE_EMAIL_EXPIRED": _OLD_LINK,
        "CONFIRMATION_EXPIRED": _OLD_LINK,
        "CONFIRMATION_REQUIRED": "Confirm your address first: follow the link in our mail.",
        "DISABLED_ACCOUNT": _WRONG,
        "EMAIL_NOT_PROVIDED": "Enter your email address.",
        "GENERIC_AUTHN_FAILED": _WRONG,
        "INVALID_CONFIRMATION_TOKEN": _UNKNOWN_LINK,
        "INVALID_EMAIL_ADDRESS": "Enter an email address such as name@example.org.",
        "INVALID_PASSWORD": "That is not your password.",
        "INVALID_RECOVERY_CODE": "That is none of your recovery codes, or it was used before. Each works once.",
        "INVALID_REDIRECT": "That link leads away from this site.",
        "INVALID_RESET_PASSWORD_TOKEN": _UNKNOWN_LINK,
        "PASSWORD_INVALID_LENGTH": (
            "Choose a password of at least %(length)s characters. Three odd words work well."
        ),
        "PASSWORD_IS_THE_SAME": "That is the password you have now. Choose another.",
        "PASSWORD_MISMATCH": "That is not your password.",
        "PASSWORD_NOT_PROVIDED": "Enter your password.",
        "PASSWORD_RESET_EXPIRED": _OLD_LINK,
        "REAUTHENTICATION_REQUIRED": "Enter your password once more before you change this.",
        "RETYPE_PASSWORD_MISMATCH": "The two passwords differ. Type the same one twice.",
        "TWO_FACTOR_INVALID_TOKEN": "That code is not right, or was used before. Wait for the next one.",
        "TWO_FACTOR_METHOD_NOT_AVAILABLE": "Reviewers and admins always need a second step.",
        "TWO_FACTOR_PERMISSION_DENIED": "Begin with your address and password.",
        "TWO_FACTOR_SETUP_EXPIRED": _TOO_LATE,
        "UNAUTHENTICATED": "Sign in first.",
        "UNAUTHORIZED": "Your account may not open that page.",
        "WEBAUTHN_CREDENTIAL_ID_INUSE": "That passkey belongs to an account already.",
        "WEBAUTHN_CREDENTIAL_WRONG_USAGE": _NO_PASSKEY,
        "WEBAUTHN_EXPIRED": _TOO_LATE,
        "WEBAUTHN_MISMATCH_USER_HANDLE": _NO_PASSKEY,
        "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": "Use letters, digits, spaces, hyphens and underscores.",
        "WEBAUTHN_NAME_INUSE": "You have a passkey of that name. Choose another name.",
        "WEBAUTHN_NAME_NOT_FOUND": "You have no passkey of that name.",
        "WEBAUTHN_NAME_REQUIRED": "Give the passkey a name, such as Phone.",
        "WEBAUTHN_NO_VERIFY": _NO_PASSKEY,
        "WEBAUTHN_ORPHAN_CREDENTIAL_ID": _NO_PASSKEY,
        "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": _NO_PASSKEY,
    },
    "info": {
        "ALREADY_CONFIRMED": "Your address is confirmed already. Sign in.",
        "CONFIRMATION_REQUEST": "If %(email)s waits to be confirmed, a new link is on its way there.",
        "GENERIC_RECOVERY": _ON_ITS_WAY,
        "LOGIN": "Sign in to go on.",
        "NO_RECOVERY_CODES_SETUP": "You have no recovery codes. Make some now.",
        "PASSWORD_RESET_REQUEST": _ON_ITS_WAY,
        "REAUTHENTICATION_SUCCESSFUL": "Thank you. Now go on.",
        "REFRESH": "Enter your password once more to go on.",
    },
    "success": {
        "CHANGE_EMAIL_CONFIRMED": "Thank you. We use your new address from now on.",
        "CHANGE_EMAIL_SENT": "We have sent a link to %(email)s. Follow it and press the button there.",
        "CONFIRM_REGISTRATION": "Thank you. Look in the mail of %(email)s.",
        "EMAIL_CONFIRMED": "Thank you. Your address is confirmed. Now sign in.",
        "PASSWORD_CHANGE": "Your password is changed.",
        "PASSWORD_RESET": _CHANGED,
        "PASSWORD_RESET_NO_LOGIN": _CHANGED,
        "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": "Your authenticator app is set up.",
        "TWO_FACTOR_DISABLED": "Your authenticator app is not asked for any more.",
        "TWO_FACTOR_LOGIN_SUCCESSFUL": "You are signed in.",
        "WEBAUTHN_CREDENTIAL_DELETED": "The passkey “%(name)s” is removed.",
        "WEBAUTHN_REGISTER_SUCCESSFUL": "The passkey “%(name)s” is set up.",
    },
}

MESSAGES = {
    f"SECURITY_MSG_{name}": (sentence, category)
    for category, sentences in _WORDS.items()
    for name, sentence in sentences.items()
}
