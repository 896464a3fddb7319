"""Made-up records for the tests, written as the files that databases export. No trial here exists."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Made:
    number: int
    pmid: str = ""
    doi: str = ""

    @property
    def title(self) -> str:
        return f"Invented trial number {self.number} of guided rest for tired lighthouse keepers"

    @property
    def abstract(self) -> str:
        return (
            f"BACKGROUND: This record was made up for a test. METHODS: {20 + self.number} keepers were "
            f"randomised. RESULTS: Group {self.number} slept a little better. CONCLUSION: None."
        )

    @property
    def author(self) -> str:
        return f"Keeper{self.number}, Anna"

    @property
    def year(self) -> int:
        return 2000 + self.number % 20


def made(numbers: range, *, with_doi: bool = True) -> list[Made]:
    return [
        Made(number, pmid=str(90_000_000 + number), doi=f"10.5555/made.{number}" if with_doi else "")
        for number in numbers
    ]


def nbib(records: list[Made]) -> bytes:
    """MEDLINE/nbib as PubMed writes it, with CRLF."""
    return "".join(_nbib(record) for record in records).replace("\n", "\r\n").encode()


def _nbib(record: Made) -> str:
    doi = f"LID - {record.doi} [doi]\nAID - {record.doi} [doi]\n" if record.doi else ""
    return (
        f"PMID- {record.pmid}\nOWN - NLM\nSTAT- MEDLINE\nVI  - {record.number}\nIP  - 2\nDP  - {record.year} Mar\n"
        f"TI  - {record.title}.\nPG  - 1-9\n{doi}AB  - {record.abstract}\nFAU - {record.author}\n"
        f"LA  - eng\nPT  - Journal Article\nTA  - J Made Up\nJT  - Journal of made up trials\n"
        f"PST - ppublish\nSO  - J Made Up. {record.year} Mar;{record.number}(2):1-9.\n\n"
    )


def ris(records: list[Made]) -> bytes:
    """RIS as Scopus writes it."""
    return "".join(_ris(record) for record in records).encode()


def _ris(record: Made) -> str:
    doi = f"DO  - {record.doi}\n" if record.doi else ""
    return (
        f"TY  - JOUR\nAU  - {record.author[:-3]}.\nTI  - {record.title}\nPY  - {record.year}\n"
        f"T2  - Journal of Made Up Trials\nVL  - {record.number}\nIS  - 2\nSP  - 1\nEP  - 9\n{doi}"
        f"AB  - {record.abstract}\nDB  - Scopus\nER  - \n\n"
    )
