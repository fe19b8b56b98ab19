"""The main job from beginning to end, by one person in a real browser."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Page, expect

from lab.models.people import Role

PASSWORD = "een lang genoeg wachtwoord"
TODAY = date.today()
BASIS = "bekend uit een administratie"
FILE = "variant;profiel;profiel bekend uit;dag;aangeboden;gereageerd\n"


@pytest.fixture
def researcher(build):
    """A researcher of a lab with an empty programme, and the lab."""
    lab = build.lab(name="Lab Rivierdorp")
    hashed = PasswordHasher().hash(PASSWORD)
    return build.user(Role.RESEARCHER, lab, password_hash=hashed), lab


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_from_registering_to_public_advice(page: Page, live_server, researcher, tmp_path, run_jobs):
    user, _lab = researcher
    sign_in(page, live_server, user.email)
    register_experiment(page)
    add_variant(page, style="zakelijk", is_control=True)
    add_variant(page, style="persoonlijk")
    for _step in ("plan", "register", "start"):
        take_next_step(page)
    enter_count(page, variant=0, offered=400, responded=40)
    enter_count(page, variant=1, offered=400, responded=72)
    import_counts(page, tmp_path / "tellingen.csv")
    page.get_by_role("link", name="Protocol").click()
    take_next_step(page)
    read_outcome(page)
    publish_proposal(page, run_jobs)
    page.get_by_role("link", name="Experimenten").first.click()
    page.get_by_role("link", name="Brieven over de speelplekken").click()
    take_next_step(page)
    take_next_step(page)
    page.get_by_role("button", name="Uitloggen").click()
    read_as_the_public(page, live_server)


def sign_in(page: Page, address: str, email: str) -> None:
    """Find the way from the home page to one's own work."""
    page.goto(address)
    page.get_by_role("link", name="Inloggen").first.click()
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mijn werk")


def register_experiment(page: Page) -> None:
    """Fill in the form, in the order in which it asks."""
    page.get_by_role("link", name="Experimenten").first.click()
    page.get_by_role("link", name="Nieuw experiment").first.click()
    if page.get_by_role("heading", level=1).inner_text() != "Nieuw experiment":
        page.get_by_role("link", name="Lab Rivierdorp").click()
    page.locator("[name=title]").fill("Brieven over de speelplekken")
    page.locator("[name=question]").fill("Welke brief brengt meer mensen naar de avond?")
    page.locator("[name=denominator_kind]").select_option("letters")
    page.get_by_label("Leeftijdsklassen").first.check()
    page.locator("[name=purpose][value=activation]").check()
    page.locator("[name=design_type][value=randomised]").check()
    page.locator("[name=assignment_unit]").select_option("household")
    page.locator("[name=smallest_difference]").fill("2,5")
    page.locator("[name=starts_on]").fill((TODAY - timedelta(days=20)).isoformat())
    page.locator("[name=ends_on]").fill((TODAY + timedelta(days=20)).isoformat())
    page.get_by_role("button", name="Bewaar als idee").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Brieven over de speelplekken")


def add_variant(page: Page, style: str, *, is_control: bool = False) -> None:
    """Add a letter in a style."""
    page.get_by_role("link", name="Variant toevoegen").click()
    page.locator("[name=channel_id]").select_option(label="Geadresseerde brief")
    page.get_by_label("Toon").select_option(label=style.capitalize())
    if is_control:
        page.locator("[name=is_control]").check()
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text(f"geadresseerde brief · {style}")


def take_next_step(page: Page) -> None:
    """Press the one button of the state line."""
    before = page.locator("[aria-current=step]").inner_text()
    page.locator("form[action$='/status'] button").first.click()
    expect(page.locator("[aria-current=step]")).not_to_have_text(before)


def enter_count(page: Page, variant: int, offered: int, responded: int) -> None:
    """Enter one count from the field."""
    page.get_by_role("link", name="Tellingen").first.click()
    page.get_by_role("link", name="Telling invoeren").first.click()
    page.locator("[name=variant]").nth(variant).check()
    page.locator("[name=profile]").select_option(label="18 tot en met 34 jaar")
    page.locator("[name=profile_basis]").select_option("records")
    page.locator("[name=offered]").fill(str(offered))
    page.locator("[name=responded]").fill(str(responded))
    page.get_by_role("button", name="Telling bewaren").click()
    expect(page.get_by_role("link", name="Verbeter deze telling")).to_be_visible()
    page.get_by_role("link", name="Tellingen").first.click()


def import_counts(page: Page, path) -> None:
    """Import a file with good rows and one that cannot be right."""
    rows = [
        f"{variant};{profile};{BASIS};{TODAY.isoformat()};{offered};{responded}"
        for variant, profile, offered, responded in (
            ("A", "35 tot en met 49 jaar", 400, 44),
            ("B", "35 tot en met 49 jaar", 400, 76),
            ("B", "50 tot en met 64 jaar", 40, 76),
        )
    ]
    path.write_text(FILE + "\n".join(rows), encoding="utf-8")
    page.get_by_text("Meer", exact=True).first.click()
    page.get_by_role("link", name="Bestand inlezen").first.click()
    page.locator("input[type=file]").set_input_files(path)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("2 goede regels")
    expect(page.locator("main")).to_contain_text("1 regel met een fout")
    page.get_by_role("button", name="Tel de 2 goede regels mee").click()
    expect(page.locator("main")).to_contain_text("2 regels zijn geteld")
    page.get_by_role("link", name="Naar de tellingen").click()


def read_outcome(page: Page) -> None:
    """Read first a sentence, then the rest."""
    page.get_by_role("link", name="Uitkomst").click()
    main = page.locator("main")
    expect(main).to_contain_text("werkt duidelijk beter")
    expect(main).to_contain_text("35 tot en met 49 jaar")
    expect(page.locator("main svg[role=img]").first).to_be_visible()


def publish_proposal(page: Page, run_jobs: Callable) -> None:
    """Make proposals from all evidence, wait for them, and publish the first."""
    page.get_by_role("button", name="Voorstellen uit al het bewijs").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    run_jobs()
    page.get_by_role("link", name=re.compile("Beslis over het voorstel")).first.click()
    page.locator("[name=reason]").fill("De loting was goed en het verschil is groot genoeg.")
    page.get_by_role("button", name="Publiceer").click()


def read_as_the_public(page: Page, address: str) -> None:
    """Find the advice without an account, and the report behind it."""
    page.goto(address)
    page.get_by_role("link", name="Advies").first.click()
    main = page.locator("main")
    expect(main).to_contain_text("geadresseerde brief · persoonlijk")
    expect(main).to_contain_text("Brieven over de speelplekken")
    page.get_by_role("link", name=re.compile("Brieven over de speelplekken")).first.click()
    expect(page.locator("main")).to_contain_text("werkt duidelijk beter")
