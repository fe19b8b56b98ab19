"""What the closed sets of people, labels and segmentation models are called, for people."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lab.models.areas import AreaKind
from lab.models.labels import ChannelMode, ChannelRoute, DenominatorKind
from lab.models.people import Role
from lab.models.segmentation import ModelStatus

Labels = Mapping[StrEnum, LazyString]

ROLES: Labels = {
    Role.RESEARCHER: _l("researcher"),
    Role.TEAM: _l("project team"),
    Role.SUPERVISOR: _l("supervisor"),
    Role.STUDENT: _l("student"),
    Role.ADMINISTRATOR: _l("administrator"),
}
ROLE_HINTS: Labels = {
    Role.RESEARCHER: _l("Designs experiments, follows the counts, analyses and decides on advice."),
    Role.TEAM: _l("Reads outcomes and advice. Changes nothing."),
    Role.SUPERVISOR: _l("Checks what students enter, and enters and imports counts."),
    Role.STUDENT: _l("Enters counts. Does not see outcomes, so that counting stays fair."),
    Role.ADMINISTRATOR: _l("Manages people, labels and the living lab itself."),
}
CHANNEL_MODES: Labels = {
    ChannelMode.OFFLINE: _l("offline"),
    ChannelMode.ONLINE: _l("online"),
    ChannelMode.MIXED: _l("both"),
}
CHANNEL_ROUTES: Labels = {
    ChannelRoute.DIRECT: _l("straight to residents"),
    ChannelRoute.NETWORK: _l("through people they know"),
    ChannelRoute.MIXED: _l("both"),
}
DENOMINATOR_KINDS: Labels = {
    DenominatorKind.PEOPLE: _l("people"),
    DenominatorKind.HOUSEHOLDS: _l("households"),
    DenominatorKind.LETTERS: _l("letters"),
    DenominatorKind.CARDS: _l("cards"),
    DenominatorKind.FLYERS: _l("flyers"),
    DenominatorKind.COPIES: _l("copies of a paper"),
    DenominatorKind.INVITED: _l("people invited"),
    DenominatorKind.DOORS: _l("doors"),
    DenominatorKind.APPROACHED: _l("people approached"),
    DenominatorKind.CALLS: _l("phone calls"),
    DenominatorKind.VISITORS: _l("visitors"),
    DenominatorKind.CONTACTS: _l("contacts"),
    DenominatorKind.MEMBERS: _l("members"),
    DenominatorKind.MESSAGES: _l("messages"),
    DenominatorKind.ACCOUNTS: _l("accounts"),
    DenominatorKind.IMPRESSIONS: _l("times shown"),
    DenominatorKind.PANEL_MEMBERS: _l("panel members"),
    DenominatorKind.VIEWS: _l("views"),
    DenominatorKind.NONE: _l("cannot be counted"),
}
MODEL_STATUSES: Labels = {
    ModelStatus.CONCEPT: _l("draft"),
    ModelStatus.VALIDATED: _l("in use"),
    ModelStatus.RETIRED: _l("no longer used"),
}
AREA_KINDS: Labels = {
    AreaKind.POSTCODE: _l("postcode area (4 digits)"),
    AreaKind.NEIGHBOURHOOD: _l("neighbourhood"),
    AreaKind.DISTRICT: _l("district"),
    AreaKind.MUNICIPALITY: _l("municipality"),
}
