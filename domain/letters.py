"""What the shop writes to people: plain text, short, with one link at most."""

from dataclasses import dataclass

IGNORE = "If this was not you, you need do nothing."


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str


def confirm_account(link: str) -> Letter:
    return Letter(
        "Please confirm your account",
        f"Welcome!\n\nPlease confirm that this e-mail address is yours:\n\n{link}\n\n{IGNORE}\n",
    )


def welcome() -> Letter:
    return Letter("Welcome", f"Welcome!\n\nYour account has been made, and you can log in.\n\n{IGNORE}\n")


def already_registered() -> Letter:
    """To somebody whose address was registered again: the one place where that is told."""
    return Letter(
        "You have an account already",
        "Somebody, perhaps you, has tried to make an account with this e-mail address. There is one already: "
        f"log in, or ask for a new password if you have forgotten yours.\n\n{IGNORE}\n",
    )


def reset_password(link: str) -> Letter:
    return Letter(
        "Choose a new password",
        f"You can choose a new password here, within a day:\n\n{link}\n\n{IGNORE}\n",
    )


def password_changed() -> Letter:
    return Letter(
        "Your password was changed",
        "The password of your account was changed, and every device has been logged out.\n\n"
        "If this was not you, ask for a new password at once.\n",
    )


def confirm_new_email(link: str) -> Letter:
    return Letter(
        "Please confirm your new e-mail address",
        f"Please confirm that your account is to use this address from now on:\n\n{link}\n\n{IGNORE}\n",
    )


def email_is_taken() -> Letter:
    """To the address that somebody wanted for their account, when it has an account of its own."""
    return Letter(
        "This e-mail address has an account already",
        "Somebody, perhaps you, wanted to use this e-mail address for another account. It has one already, "
        f"and nothing was changed.\n\n{IGNORE}\n",
    )


def email_changed(new_email: str) -> Letter:
    """To the address that an account had until now."""
    return Letter(
        "Your e-mail address was changed",
        f"Your account uses {new_email} from now on.\n\nIf this was not you, please write to the shop.\n",
    )


def delete_account(link: str) -> Letter:
    return Letter(
        "Please confirm that your account is to be deleted",
        f"Your account, with your address book, is deleted for good when you follow this link:\n\n{link}\n\n"
        f"{IGNORE}\n",
    )
