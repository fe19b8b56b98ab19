"""What start.py says, in English and in Dutch; it runs before anything is installed."""

import locale
import os

TEXTS = {
    "help": (
        """Proeftuin: what works for whom, learned in living labs.

python3 start.py            install what is missing, load the demonstration, open Proeftuin
python3 start.py setup      the same, without opening it
python3 start.py test       run the tests; what follows goes to pytest

--port N         serve on port N (8000 unless told otherwise)
--no-browser     do not open a browser
--thorough       test: run the long studies too
--help           show this text

PROEFTUIN_INSTANCE names the folder with your own data (instance/ unless told otherwise).
DATABASE_URL names a PostgreSQL database (a file in that folder unless told otherwise).""",
        """Proeftuin: wat werkt bij wie, geleerd in proeftuinen.

python3 start.py            installeer wat ontbreekt, laad de demonstratie, open Proeftuin
python3 start.py setup      hetzelfde, zonder te openen
python3 start.py test       voer de tests uit; wat erna staat gaat naar pytest

--port N         gebruik poort N (8000 als je niets kiest)
--no-browser     open geen browser
--thorough       test: doe ook de lange studies
--help           toon deze tekst

PROEFTUIN_INSTANCE noemt de map met je eigen gegevens (instance/ als je niets kiest).
DATABASE_URL noemt een PostgreSQL-database (een bestand in die map als je niets kiest).""",
    ),
    "environment": ("Making a Python environment in .venv", "Python-omgeving maken in .venv"),
    "packages": ("Installing {count} packages", "{count} pakketten installeren"),
    "prepare": (
        "Preparing the database and the demonstration",
        "Database en demonstratie klaarzetten",
    ),
    "open": (
        "Preparing the database and the demonstration, and starting on port {port}",
        "Database en demonstratie klaarzetten, en starten op poort {port}",
    ),
    "browser": ("Looking for Chromium", "Chromium zoeken"),
    "installed": ("Everything is installed", "Alles is geïnstalleerd"),
    "tests": ("Running the tests", "Tests uitvoeren"),
    "ready": ("ready", "klaar"),
    "seconds": ("{seconds:.0f} s", "{seconds:.0f} s"),
    "remade": (
        "The environment was half made, or made elsewhere: making it again.",
        "De omgeving was half gemaakt, of op een andere plek: we maken haar opnieuw.",
    ),
    "waiting": (
        "Another start.py is busy in this folder: waiting until it is ready.",
        "Een andere start.py is bezig in deze map: we wachten tot die klaar is.",
    ),
    "slower": (
        "The fast installer did not work here: using pip, which takes longer.",
        "De snelle installatie werkt hier niet: we gebruiken pip, dat duurt langer.",
    ),
    "get_apt": (
        "There is no Chromium: installing it with apt-get.",
        "Er is geen Chromium: we installeren die met apt-get.",
    ),
    "get_playwright": (
        "There is no Chromium: installing it with Playwright.",
        "Er is geen Chromium: we installeren die met Playwright.",
    ),
    "no_chromium": (
        "Chromium could not be installed, so the browser tests will fail. Install Chromium"
        " yourself, or name one in the variable CHROMIUM.",
        "Chromium installeren lukte niet, dus de browsertests zullen falen. Installeer zelf"
        " Chromium, of noem er een in de variabele CHROMIUM.",
    ),
    "accounts": (
        "Accounts of the demonstration, for this computer only:\n{accounts}",
        "Accounts van de demonstratie, alleen voor deze computer:\n{accounts}",
    ),
    "is_open": (
        "Proeftuin is ready: {address}\nStop it with Ctrl+C.",
        "Proeftuin is klaar: {address}\nStop met Ctrl+C.",
    ),
    "set_up": (
        "Everything is ready. Open Proeftuin with: python3 start.py",
        "Alles staat klaar. Open Proeftuin met: python3 start.py",
    ),
    "no_accounts": (
        "The demonstration was removed. Make an account with: .venv/bin/proeftuin administrator"
        " add --help. Bring the demonstration back with: .venv/bin/proeftuin demo",
        "De demonstratie is verwijderd. Maak een account met: .venv/bin/proeftuin administrator"
        " add --help. Haal de demonstratie terug met: .venv/bin/proeftuin demo",
    ),
    "stopped": ("Stopped.", "Gestopt."),
    "interrupted": (
        "Stopped halfway. Run the same command again to go on.",
        "Halverwege gestopt. Geef dezelfde opdracht opnieuw om verder te gaan.",
    ),
    "failed": (
        "{step} failed. The last lines were:\n{tail}",
        "{step} is mislukt. De laatste regels waren:\n{tail}",
    ),
    "unknown_option": (
        "start.py does not know {word}.\nSee what is possible with: python3 start.py --help",
        "{word} kent start.py niet.\nBekijk wat er kan met: python3 start.py --help",
    ),
    "bad_port": (
        "The port is a number from 1 to 65535.",
        "De poort is een getal van 1 tot 65535.",
    ),
    "no_venv": (
        "This Python cannot make an environment: its venv module is missing. On Debian and"
        " Ubuntu: sudo apt install python3-venv. Then run start.py again.",
        "Deze Python kan geen omgeving maken: de module venv ontbreekt. Op Debian en Ubuntu:"
        " sudo apt install python3-venv. Start daarna start.py opnieuw.",
    ),
    "port_taken": (
        "Port {port} is taken, perhaps by a Proeftuin that already runs: look at"
        " http://127.0.0.1:{port}/\nOr choose another port: python3 start.py --port {next}",
        "Poort {port} is bezet, misschien door een Proeftuin die al draait: kijk op"
        " http://127.0.0.1:{port}/\nOf kies een andere poort: python3 start.py --port {next}",
    ),
    "port_refused": (
        "Port {port} may not be used on this computer. Choose one above 1023:"
        " python3 start.py --port 8000",
        "Poort {port} mag hier niet worden gebruikt. Kies er een boven 1023:"
        " python3 start.py --port 8000",
    ),
    "disk_full": (
        "The disk is full. Make room (about 1 GB) and run start.py again.",
        "De schijf is vol. Maak ruimte (ongeveer 1 GB) en start start.py opnieuw.",
    ),
    "no_permission": (
        "Proeftuin may not write here. Put the folder where you may write, or ask for the"
        " right to write in it:\n{detail}",
        "Proeftuin mag hier niet schrijven. Zet de map waar je mag schrijven, of vraag het"
        " recht om erin te schrijven:\n{detail}",
    ),
    "no_network": (
        "The package registry did not answer. The first start needs the internet: check your"
        " connection (behind a proxy: set HTTPS_PROXY) and run start.py again.",
        "De pakketbron antwoordt niet. De eerste start heeft internet nodig: controleer je"
        " verbinding (achter een proxy: stel HTTPS_PROXY in) en start start.py opnieuw.",
    ),
    "wrong_hash": (
        "A downloaded package is not the one that Proeftuin was tested with, so it was not"
        " installed. Try again; if it stays so, your network changes downloads or"
        " requirements.lock was altered: restore it with git.",
        "Een gedownload pakket is niet het pakket waarmee Proeftuin is getest. Het is daarom"
        " niet geïnstalleerd. Probeer het opnieuw; blijft het zo, dan verandert je netwerk"
        " downloads of is requirements.lock gewijzigd: zet dat bestand terug met git.",
    ),
    "no_database": (
        "The database that DATABASE_URL names does not work. Check the address, the password"
        " and whether the server runs:\n{detail}",
        "De database die DATABASE_URL noemt werkt niet. Controleer het adres, het wachtwoord"
        " en of de server draait:\n{detail}",
    ),
    "no_build": (
        "There is no ready-made package for this Python ({python}) on this computer. Use"
        " Python 3.11, 3.12, 3.13 or 3.14, 64-bit.\n{detail}",
        "Er is geen kant-en-klaar pakket voor deze Python ({python}) op deze computer. Gebruik"
        " Python 3.11, 3.12, 3.13 of 3.14, 64-bit.\n{detail}",
    ),
    "no_lock": (
        "{name} is missing. Run start.py from a complete copy of Proeftuin.",
        "{name} ontbreekt. Gebruik start.py uit een volledige kopie van Proeftuin.",
    ),
    "server_ended": (
        "Proeftuin stopped by itself; the lines above say why. Start it again.",
        "Proeftuin stopte uit zichzelf; hierboven staat waarom. Start het opnieuw.",
    ),
    "server_silent": (
        "Proeftuin did not answer within five minutes. Try again; other programs may keep this"
        " computer busy.",
        "Proeftuin antwoordde niet binnen vijf minuten. Probeer het opnieuw; misschien houden"
        " andere programma's deze computer bezig.",
    ),
}


def language() -> str:
    """Return the code of the language that this computer speaks: Dutch or else English."""
    names = map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))
    chosen = next(filter(None, names), None) or locale.getlocale()[0] or ""
    return "nl" if chosen.lower().startswith(("nl", "dutch")) else "en"


def text(key: str, **values: object) -> str:
    """Return a text in the language of this computer."""
    return TEXTS[key][language() == "nl"].format(**values)
