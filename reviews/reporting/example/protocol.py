"""The example's protocol, as a team would have written it."""

from reviews.protocols import rules

TITLE = "Internet-based cognitive behavioural therapy for chronic pain and sleep"
REGISTRATION = "CRD42025634381"
SYNTHETIC_NOTE = (
    "This is the example review. Its records and its trial-level numbers are made up; "
    "they only reproduce published pooled results."
)

INSOMNIA, NOT_DIAGNOSED = "Insomnia diagnosed", "Not diagnosed"
ADULTS, ALL_AGES = "Adults, 18 and older", "Other ages"
SYNCHRONOUS, HOSPITAL_WEB, OTHER = "Synchronous remote", "Hospital web, self-administered", "Other"

REASONS = (
    rules.Reason("population", "Wrong population: no chronic pain"),
    rules.Reason("intervention", "Wrong intervention: not internet-based CBT"),
    rules.Reason("comparator", "Wrong comparator"),
    rules.Reason("design", "Not a randomised trial"),
    rules.Reason("outcome", "No sleep or pain outcome"),
)

CONTENT = rules.Content(
    title=TITLE,
    registration=REGISTRATION,
    question=rules.Question(
        population="People with chronic pain (three months or longer), with or without diagnosed insomnia",
        intervention="Internet-based cognitive behavioural therapy (iCBT), guided or self-administered",
        comparator="Usual care, waiting list, or an active control that is not CBT",
        outcomes="Severity of insomnia (ISI) and intensity of pain (NRS), after treatment and at follow-up",
    ),
    inclusion=(
        "Randomised controlled trials",
        "People with chronic pain of any cause",
        "Cognitive behavioural therapy delivered over the internet",
        "Sleep or pain measured with a validated instrument",
    ),
    exclusion=("Therapy mainly face to face", "Protocols without results", "Conference abstracts without numbers"),
    databases=(
        "PubMed",
        "Web of Science Core Collection",
        "Cochrane Library",
        "Embase",
        "CNKI",
        "Wanfang",
        "VIP",
    ),
    reasons=REASONS,
    outcomes=(
        rules.Outcome(
            "pain",
            "Pain",
            measure="NRS",
            time_points=(
                rules.TimePoint("pain-post", "Post-treatment"),
                rules.TimePoint("pain-follow-up", "Follow-up"),
            ),
        ),
        rules.Outcome("sleep", "Sleep", measure="ISI", time_points=(rules.TimePoint("sleep-post", "Post-treatment"),)),
    ),
    characteristics=(
        rules.Characteristic("insomnia", "Insomnia", (INSOMNIA, NOT_DIAGNOSED)),
        rules.Characteristic("age", "Age", (ADULTS, ALL_AGES)),
        rules.Characteristic("delivery", "Delivery", (SYNCHRONOUS, HOSPITAL_WEB, OTHER)),
    ),
    screening=rules.ScreeningRule(votes_needed=2, settled_by=rules.SettledBy.ADJUDICATOR),
)
