"""Tables of any origin: a mapping from columns to fields, chosen by a person or suggested by the header."""

import re
from collections.abc import Iterable, Iterator, Mapping

from reviews.search.formats import chinese, cleaning, parsed
from reviews.search.formats.tabular import lists, names, profile, table

# Field, the words that columns for it are called by, the most telling ones first.
WORDS: Mapping[str, tuple[str, ...]] = {
    "title": (
        "title",
        "article title",
        "document title",
        "primary title",
        "ti",
        "t1",
        "study title",
        "paper title",
        "publication title",
        "reference title",
        "title primary",
        "item title",
        "display name",
        "citation title",
        "题名",
        "标题",
        "篇名",
        "论文题目",
        "文献标题",
        "titel",
        "titre",
        "título",
        "titulo",
    ),
    "original_title": (
        "original title",
        "vernacular title",
        "translated title",
        "title original",
        "英文题名",
        "英文标题",
        "tt",
    ),
    "authors": (
        "authors",
        "author",
        "author names",
        "author s",
        "author full names",
        "au",
        "a1",
        "author list",
        "creator",
        "creators",
        "作者",
        "第一作者",
        "全部作者",
        "autoren",
        "auteurs",
        "autores",
        "first author",
        "authors primary",
        "citation authors",
    ),
    "journal": (
        "journal",
        "journal title",
        "source title",
        "journal book",
        "publication title",
        "publication name",
        "publication",
        "journal name",
        "source",
        "so",
        "jf",
        "secondary title",
        "container title",
        "periodical",
        "刊名",
        "期刊",
        "来源",
        "文献来源",
        "期刊名称",
        "zeitschrift",
        "revista",
        "revue",
        "citation journal name",
        "periodical full",
    ),
    "year": (
        "year",
        "publication year",
        "pub year",
        "py",
        "date",
        "publication date",
        "year published",
        "date published",
        "published year",
        "pubyear",
        "pub date",
        "citation pub year",
        "年",
        "年份",
        "出版年",
        "发表时间",
        "发表年份",
        "出版时间",
        "jahr",
        "année",
        "año",
    ),
    "volume": ("volume", "vol", "vl", "卷", "卷号", "band"),
    "issue": ("issue", "number", "no", "issue number", "journal issue", "期", "期号", "heft"),
    "pages": (
        "pages",
        "page range",
        "page",
        "pp",
        "page numbers",
        "pagination",
        "start page",
        "first page",
        "page start",
        "sp",
        "end page",
        "last page",
        "page end",
        "ep",
        "页码",
        "页",
        "起止页码",
        "seiten",
        "article number",
    ),
    "doi": ("doi", "doi link", "digital object identifier", "di", "do"),
    "pmid": ("pmid", "pubmed id", "pubmedid", "medline pmid", "pubmed"),
    "accession": (
        "accession number",
        "accession",
        "accession no",
        "unique id",
        "ut",
        "nct number",
        "trial id",
        "登记号",
    ),
    "abstract": (
        "abstract",
        "abstract note",
        "summary",
        "ab",
        "n2",
        "brief summary",
        "abstract text",
        "description",
        "摘要",
        "zusammenfassung",
        "résumé",
        "resumen",
    ),
    "keywords": (
        "keywords",
        "author keywords",
        "keyword",
        "key words",
        "kw",
        "de",
        "index terms",
        "subjects",
        "tags",
        "mesh terms",
        "关键词",
        "关键字",
    ),
    "language": ("language", "la", "lang", "language of original document", "语种", "语言", "sprache"),
    "url": ("url", "link", "urls", "web link", "链接", "网址", "full text link"),
    "issn": ("issn", "eissn", "sn"),
    "publication_type": ("publication type", "document type", "item type", "reference type", "type", "dt", "文献类型"),
    "database": ("database", "source database", "database name", "数据库", "来源库"),
    "parallel_authors": ("authors other language", "英文作者"),
}
FIELDS = tuple(WORDS)
_SEVERAL = frozenset({"pages", "keywords", "abstract", "issn", "authors"})
_SEPARATORS = re.compile(r"\s*(?:[;；|\n]+)\s*")


class UnmappedError(parsed.FormatError):
    """A table of which no column says that it is the title: a person has to choose the columns."""


def _bare(name: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", name.casefold().replace("_", " ")).split())


def suggested(header: Iterable[str]) -> dict[str, str]:
    """The field that each column's name suggests, empty where it suggests none; one column a field, but for lists."""
    columns = list(header)
    ranks = [(place, rank, field) for place, name in enumerate(columns) for field, rank in _ranks(_bare(name))]
    found = dict.fromkeys(columns, "")
    used: set[str] = set()
    for place, _, field in sorted(ranks, key=lambda item: (item[1], item[0])):
        if not found[columns[place]] and (field not in used or field in ("keywords", "issn")):
            found[columns[place]] = field
            used.add(field)
    _add_last_page(columns, found)
    return found


def _ranks(name: str) -> Iterator[tuple[str, int]]:
    bare = name.split(" ", 1)[1] if re.match(r"[a-z]+ [\u4e00-\u9fff]+$", name) else name
    for field, words in WORDS.items():
        for candidate in (name, bare):
            if candidate in words:
                yield field, words.index(candidate)


def _add_last_page(columns: list[str], found: dict[str, str]) -> None:
    first = [
        name
        for name in columns
        if found[name] == "pages" and _bare(name) in ("start page", "first page", "page start", "sp")
    ]
    if first:
        for name in columns:
            if not found[name] and _bare(name) in ("end page", "last page", "page end", "ep"):
                found[name] = "pages"


def has_title(header: Iterable[str]) -> bool:
    """Whether any column of the header says that it is the title."""
    return "title" in suggested(header).values()


def checked(mapping: Mapping[str, str], header: Iterable[str]) -> dict[str, list[str]]:
    """Field to its columns. Raises `parsed.FormatError` for a field or column that there is not, or no title."""
    known = list(header)
    chosen: dict[str, list[str]] = {}
    for column, field in mapping.items():
        if not field:
            continue
        if column not in known:
            raise parsed.FormatError(
                f"The table has no column {column!r}; its columns are: {', '.join(known)}. Choose among these."
            )
        if field not in WORDS:
            raise parsed.FormatError(f"{field!r} is no field of a record; choose one of: {', '.join(FIELDS)}.")
        chosen.setdefault(field, []).append(column)
    if "title" not in chosen:
        raise UnmappedError(
            f"No column of the table is known to be the title; its columns are: {', '.join(known)}. "
            "Choose which column is which."
        )
    return chosen


def mapped(mapping: Mapping[str, str] | None, header: list[str]) -> profile.Profile:
    """A profile that reads a table with that header by the mapping, or by what the header suggests."""
    chosen = checked(suggested(header) if mapping is None else mapping, header)
    folded = dict(zip(header, profile.columns(header), strict=True))
    columns = {field: tuple(folded[name] for name in named) for field, named in chosen.items()}

    def make(row: profile.Cells) -> profile.Fields:
        return {field: value(field, row, named) for field, named in columns.items()}

    return profile.Profile(name="table", label="table", make=make, required=frozenset())


def value(field: str, row: profile.Cells, columns: tuple[str, ...]) -> object:
    """What a field of a record is, of the cells in these columns."""
    if field == "year":
        found = row.year(*columns)
        return found if found is not None else table.year_of_serial(row.peek(columns[0]))
    if field == "doi":
        return row.doi(*columns)
    if field == "pmid":
        return row.pmid(*columns)
    if field == "issn":
        return row.issns(*columns)
    filled = [cell for column in columns if (cell := row.take(column))]
    if field in ("authors", "parallel_authors"):
        return tuple(cleaning.unique(name for cell in filled for name in names.any_way(cell)))
    if field == "keywords":
        return tuple(cleaning.unique(word for cell in filled for word in _keywords(cell)))
    values = ["; ".join(parts) if (parts := lists.parted(cell)) is not None else cell for cell in filled]
    if field == "pages":
        return cleaning.pages(*[*values, "", ""][:2])
    return ("\n" if field == "abstract" else "; ").join(cleaning.unique(values))


def _keywords(value: str) -> Iterable[str]:
    if (items := lists.parted(value)) is not None:
        return items
    if chinese.has_han(value):
        return chinese.keywords([value], by_spaces=True)
    parts = _SEPARATORS.split(value)
    return [part.strip() for part in (parts if len(parts) > 1 else value.split(","))]
