/**
 * The program that sets a document in type. It never changes: the document comes as JSON through `sys.inputs`, so that
 * no text can become markup or code, whatever it is. It reads no file and imports no package; a test looks for that,
 * since the engine would do both. The look is that of report.html (`html-style.ts`).
 */
export const TYPST_PROGRAM = `
#let doc = json(bytes(sys.inputs.document))

#let ink = rgb("#1b2126")
#let muted = rgb("#55606a")
#let line-ink = rgb("#78838d")
#let soft-line = rgb("#c9d0d6")
#let accent = rgb("#125c66")
#let inks = doc.inks.pairs().map(((name, value)) => (name, rgb(value))).to-dict()
#let serif = ("Libertinus Serif", "DejaVu Sans Mono")
#let mono = ("DejaVu Sans Mono", "Libertinus Serif")

#set document(title: doc.title, date: datetime(..doc.date))
#set text(lang: doc.language, region: doc.region, font: serif, fallback: false, size: 10.5pt, fill: ink, hyphenate: false)
#set par(justify: false, leading: 0.6em, spacing: 0.85em, linebreaks: "optimized")
#set page(
  paper: "a4",
  margin: (x: 22mm, top: 22mm, bottom: 22mm),
  header: if doc.header.any(words => words != ()) {
    set text(size: 8.5pt, fill: muted)
    grid(columns: (1fr, 1fr), align: (left, right), strong(doc.header.at(0).join()), doc.header.at(1).join())
  },
  footer: context {
    set text(size: 8.5pt, fill: muted)
    grid(columns: (1fr, auto), align: (left, right), doc.footer.join(), [#counter(page).get().first() / #counter(page).final().first()])
  },
)

#show heading.where(level: 1): it => block(above: 2.2em, below: 1em, width: 100%, stroke: (bottom: 0.6pt + line-ink), inset: (bottom: 4pt), sticky: true, text(size: 15.5pt, it.body))
#show heading.where(level: 2): it => block(above: 1.5em, below: 0.7em, sticky: true, text(size: 12.5pt, it.body))
#show heading.where(level: 3): it => block(above: 1.1em, below: 0.6em, sticky: true, text(size: 10.5pt, it.body))
#show title: it => block(above: 0.4em, below: 0.8em, text(size: 22pt, it))
#show outline.entry: it => block(above: 0.75em, it)
#set list(marker: text(fill: muted)[•], indent: 0.4em, body-indent: 0.6em, spacing: 0.6em)
#set enum(indent: 0.4em, body-indent: 0.6em, spacing: 0.6em)

// Long words come in parts: beside an empty box a line may break, and nothing is added to the text.
#let parts(words) = words.map(part => text(part)).join(box(width: 0pt))

#let mark(name) = pdf.artifact(box(baseline: 12%, height: 0.85em, image(bytes(doc.marks.at(name)), format: "svg", height: 0.85em)))

#let run(it) = {
  if type(it) == array { return parts(it) }
  if "mark" in it { return mark(it.mark) }
  let body = parts(it.parts)
  let style = it.style
  if style == "code" { text(font: mono, size: 0.78em, body) }
  else if style == "strong" or style == "unread" { text(weight: "bold", body) }
  else if style == "muted" { text(fill: muted, size: 0.9em, body) }
  else { text(weight: "bold", fill: inks.at(style), body) }
}

#let words(it) = it.map(run).join()

// Lines of a cell: the first as it is, the others smaller.
#let cell-lines(lines) = {
  if lines.len() == 0 { return [] }
  let first = words(lines.first())
  if lines.len() == 1 { return first }
  stack(spacing: 0.5em, first, ..lines.slice(1).map(one => text(fill: muted, size: 0.94em, words(one))))
}

#let table-block(it) = {
  let columns = it.columns.map(column => if column.width == "narrow" { auto } else { column.width * 1fr })
  let caption = if it.hidesCaption { none } else { block(above: 1.1em, below: 0.5em, sticky: true, text(size: 9.5pt, weight: "bold", words(it.caption))) }
  let body = {
    set text(size: 9pt)
    set par(leading: 0.5em, spacing: 0.5em)
    show table.cell.where(y: 0): set text(weight: "bold")
    table(
      columns: columns,
      align: (x, y) => if it.columns.at(x).isNumber { right + top } else { left + top },
      inset: (x: 5pt, y: 4.5pt),
      stroke: (x, y) => (bottom: 0.5pt + soft-line),
      fill: (x, y) => if y == 0 { rgb("#eceff1") },
      table.header(..it.columns.map(column => words(column.label))),
      ..it.cells.map(cell => table.cell(breakable: not cell.whole, cell-lines(cell.lines))),
    )
  }
  caption
  block(above: 0.5em, below: 1.2em, width: 100%, breakable: it.count > 4, body)
}

#let facts-block(it) = block(above: 0.6em, below: 1em, width: 100%, breakable: not it.whole, {
  set text(size: 9.5pt)
  set par(leading: 0.5em)
  grid(
    columns: (30%, 1fr),
    inset: (x: 5pt, y: 4.5pt),
    stroke: (bottom: 0.5pt + soft-line),
    ..it.rows.map(row => (text(fill: muted, words(row.at(0))), cell-lines(row.at(1)))).flatten(),
  )
})

#let figure-block(it) = {
  block(above: 1.1em, below: 0.6em, sticky: true, text(size: 9.5pt, weight: "bold", words(it.caption)))
  block(above: 0.6em, below: 1em, breakable: false, image(bytes(it.svg), format: "svg", width: it.width * 1pt, alt: it.alternative))
}

#let list-block(it) = {
  if it.look == "bullets" { list(..it.items.map(words)) }
  else if it.look == "numbers" { enum(..it.items.map(words)) }
  else if it.look == "row" { block(it.items.map(item => box(words(item))).join(h(1.4em))) }
  else { stack(spacing: 0.65em, ..it.items.map(words)) }
}

#let numbered-block(it) = for item in it.items {
  block(above: 0.9em, below: 0.9em, width: 100%, grid(
    columns: (2.6em, 1fr),
    column-gutter: 0.4em,
    text(weight: "bold", item.label.join()),
    {
      set par(spacing: 0.55em)
      words(item.words)
      for note in item.notes { parbreak(); text(size: 0.88em, fill: muted, words(note)) }
    },
  ))
}

#let show-block(it, show-blocks) = {
  if it.kind == "heading" { heading(level: it.level, words(it.text)) }
  else if it.kind == "paragraph" {
    if it.look == "lead" { block(text(size: 12pt, weight: "bold", words(it.words))) }
    else if it.look == "muted" { par(text(size: 9.5pt, fill: muted, words(it.words))) }
    else if it.look == "meta" { block(sticky: true, below: 0.5em, text(size: 9.5pt, words(it.words))) }
    else if it.look == "caption" { block(sticky: true, above: 1em, below: 0.55em, text(weight: "bold", words(it.words))) }
    else if it.look == "brand" { block(text(weight: "bold", fill: accent, words(it.words))) }
    else { par(words(it.words)) }
  }
  else if it.kind == "list" { list-block(it) }
  else if it.kind == "numbered" { numbered-block(it) }
  else if it.kind == "table" { table-block(it) }
  else if it.kind == "facts" { facts-block(it) }
  else if it.kind == "figure" { figure-block(it) }
  else if it.kind == "callout" {
    block(above: 1.2em, below: 1.4em, width: 100%, stroke: 0.7pt + line-ink, radius: 4pt, fill: rgb("#f6f7f8"), inset: (x: 14pt, top: 12pt, bottom: 12pt), {
      show heading.where(level: 1): one => block(below: 0.9em, sticky: true, text(size: 15.5pt, one.body))
      show-blocks(it.blocks)
    })
  }
  else if it.kind == "entry" {
    block(above: 1.5em, below: 1.5em, width: 100%, stroke: (left: 2.5pt + soft-line), inset: (left: 11pt, y: 2pt), show-blocks(it.blocks))
  }
  else if it.kind == "blank" {
    block(sticky: true, above: 1em, below: 0.4em, words(it.label))
    for _ in range(it.lines) { pdf.artifact(block(above: 1.5em, below: 0pt, line(length: 100%, stroke: 0.5pt + line-ink))) }
  }
  else if it.kind == "contents" { outline(title: words(it.title), depth: 1) }
  else if it.kind == "page-break" { pagebreak(weak: true) }
}

#let show-blocks(blocks) = for it in blocks { show-block(it, show-blocks) }

#block(below: 0.2em, text(weight: "bold", fill: accent, tracking: 0.04em, doc.brand.join()))
#title()
#show-blocks(doc.blocks)
`;
