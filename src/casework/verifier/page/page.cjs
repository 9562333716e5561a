// What is seen: choosing an export, and saying what was found in it. Everything from outside only ever becomes text.
((vigia) => {
  const MAX_ROWS = 200;
  /** A longer list of files is folded. */
  const OPEN_ROWS = 30;
  const PIECE = 1048576;
  /** Each line of the log takes a signature: the page must not stand still meanwhile. */
  const LOG_PIECE = 65536;
  const state = { language: 'es', files: [], result: null, notice: null, typed: '', run: 0 };
  const place = (id) => document.getElementById(id);

  /** A sentence in the language of the page; `{name}` stands for a value. */
  function say(id, values = {}) {
    const text = id.split('.').reduce((inner, name) => inner[name], vigia.texts[state.language]);
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  }

  /** Signs that could turn a line around or hide are shown by their code. */
  function visible(text) {
    return text.replace(
      /[\p{Cc}\p{Cs}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu,
      (sign) => `⟨U+${`000${sign.charCodeAt(0).toString(16).toUpperCase()}`.slice(-4)}⟩`,
    );
  }

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const name of Object.keys(attributes)) element.setAttribute(name, attributes[name]);
    for (const child of children) {
      if (child !== null)
        element.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
    }
    return element;
  }

  const p = (text, look) => make('p', look ? { class: look } : {}, text);
  const machine = (text) => make('code', {}, make('bdi', {}, visible(text)));

  function table(caption, columns, rows) {
    const shown = rows.slice(0, MAX_ROWS);
    const body = shown.map((cells) =>
      make(
        'tr',
        { role: 'row' },
        ...cells.map((cell, index) =>
          index === 0
            ? make('th', { scope: 'row', role: 'rowheader' }, cell)
            : make('td', { role: 'cell', 'data-label': columns[index] }, make('div', {}, cell)),
        ),
      ),
    );
    const head = columns.map((column) => make('th', { scope: 'col', role: 'columnheader' }, column));
    const element = make(
      'table',
      { role: 'table' },
      make('caption', {}, caption),
      make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, ...head)),
      make('tbody', { role: 'rowgroup' }, ...body),
    );
    if (rows.length <= MAX_ROWS) return element;
    return make('div', {}, element, p(say('more', { count: rows.length - MAX_ROWS }), 'muted'));
  }

  const section = (title, ...children) =>
    make('section', {}, make('h2', {}, title), ...children.filter((child) => child !== null));

  const timeWords = (at) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(at) ? `${at.slice(0, 10)} ${at.slice(11, 19)} UTC` : visible(at);

  // ---- what was found

  function render() {
    document.documentElement.lang = state.language;
    document.title = `Vigía · ${say('title')}`;
    for (const element of document.querySelectorAll('[data-text]')) {
      element.textContent = say(element.getAttribute('data-text'));
    }
    for (const button of document.querySelectorAll('[data-language]')) {
      button.setAttribute('aria-pressed', String(button.getAttribute('data-language') === state.language));
    }
    place('status').textContent = state.notice ? say(state.notice.id, state.notice.values) : '';
    const box = place('result');
    box.textContent = '';
    if (!state.result) return;
    const { result } = state;
    const verdict = vigia.verdictOf(result);
    if (result.rows.length === 0 && !result.logIsThere) {
      box.appendChild(make('section', { class: 'card' }, make('h2', {}, say('verdict.none'))));
      return;
    }
    box.appendChild(verdictCard(result, verdict));
    const { log } = result;
    if (log && log.entries.length > 0) box.appendChild(receiptSection(log));
    if (log) box.appendChild(logSection(result, verdict));
    box.appendChild(filesSection(result, verdict));
    if (result.days.length > 0) box.appendChild(daysSection(result));
    box.appendChild(limitsSection());
  }

  function verdictCard(result, verdict) {
    const mark = { differs: '▲', partly: '◆', fits: '' }[verdict.state];
    const heading = make(
      'h2',
      { class: verdict.state },
      mark === '' ? null : make('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
      say(`verdict.${verdict.state}`),
    );
    const lines = [];
    const { log, rows } = result;
    if (log && log.lines > 0) lines.push(logWords(log, result));
    if (rows.length > 0) {
      const count = rows.filter((row) => row.state !== 'system').length;
      const wrong = verdict.wrongFiles.length;
      lines.push(say(wrong === 0 ? 'verdict.filesHold' : 'verdict.filesDiffer', { count, wrong }));
      if (result.manifestNamedBy !== null && result.keys.length > 0) lines.push(boundWords(result));
    }
    if (verdict.wrongStamps.length > 0) lines.push(say('verdict.stampsDiffer'));
    for (const lack of verdict.lacks) lines.push(say(`lacks.${lack}`));
    if (result.keysFrom === 'given') lines.push(say('ownKey.used'));
    return make(
      'section',
      { class: 'card', id: 'verdict' },
      heading,
      make('ul', {}, ...lines.map((line) => make('li', {}, line))),
      p(say('verdict.limits'), 'muted'),
    );
  }

  function boundWords(result) {
    const isAsListed = result.rows.every((row) => row.path.slice(0, 5) !== 'data/' || row.state === 'equal');
    return say(isAsListed ? 'verdict.bound' : 'verdict.boundDiffers', { seq: result.manifestNamedBy });
  }

  function logWords(log, result) {
    if (log.firstBadSeq !== null)
      return say('verdict.logDiffers', { entries: log.lines, seq: log.firstBadSeq });
    const from = timeWords(log.entries[0].at);
    const to = timeWords(log.entries[log.entries.length - 1].at);
    const id = result.keys.length > 0 ? 'verdict.logHolds' : 'verdict.logUnsigned';
    return say(id, { entries: log.lines, from, to });
  }

  function receiptSection(log) {
    const last = log.entries[log.entries.length - 1];
    const input = make('input', { type: 'text', id: 'receipt', autocomplete: 'off', spellcheck: 'false' });
    const answer = make('p', { id: 'receipt-answer', role: 'status' });
    const check = () => {
      state.typed = input.value;
      const { text, look } = receiptAnswer(input.value, log);
      answer.textContent = text;
      answer.className = look;
    };
    input.value = state.typed;
    input.addEventListener('input', check);
    check();
    return section(
      say('receipt.title'),
      p(say('receipt.intro')),
      p(say('receipt.head', { seq: last.seq })),
      make(
        'dl',
        {},
        make('dt', {}, say('receipt.code')),
        make('dd', { class: 'digits' }, vigia.receiptCode(last.hash).replace(/(.{4})(?=.)/g, '$1 ')),
        make('dt', {}, say('receipt.words')),
        make('dd', {}, vigia.receiptWords(last.hash, vigia.words[state.language]).join(' ')),
      ),
      make('div', { class: 'typed' }, make('label', { for: 'receipt' }, say('receipt.label')), input, answer),
    );
  }

  function receiptAnswer(typed, log) {
    const read = vigia.readReceipt(typed, [vigia.words.es, vigia.words.en]);
    if (read === null) return { text: '', look: '' };
    if (read.problem) {
      return {
        text: say(`receipt.${read.problem === 'words' ? 'words-problem' : read.problem}`),
        look: 'muted',
      };
    }
    const entry = log.entries.find((one) => one.hash.slice(0, read.prefix.length) === read.prefix);
    if (!entry) return { text: say('receipt.notReached'), look: 'differs' };
    if (!entry.holds) return { text: say('receipt.reachedBroken', { seq: entry.seq }), look: 'differs' };
    return { text: say('receipt.reached', { seq: entry.seq }), look: 'reached' };
  }

  function logSection(result, verdict) {
    const { log } = result;
    const rows = verdict.logProblems.map((problem) => [
      say('files.line', { line: problem.line }),
      problem.seq === null ? say('log.unknown') : String(problem.seq),
      say(`log.codes.${problem.code}`),
    ]);
    const columns = [say('log.line'), say('log.seq'), say('log.what')];
    const back = log.entries.find((entry, index) => index > 0 && entry.at < log.entries[index - 1].at);
    const from = { bag: 'log.keysBag', given: 'log.keysGiven', none: 'log.keysNone' }[result.keysFrom];
    return section(
      say('log.title'),
      rows.length > 0 ? table(say('log.problems'), columns, rows) : null,
      back ? p(say('log.timeBack', { seq: back.seq })) : null,
      p(say(from)),
      make('ul', {}, ...result.keys.map((key) => make('li', {}, machine(vigia.toHex(key))))),
    );
  }

  function filesSection(result, verdict) {
    const problems = result.problems.map((problem) => [
      machine(problem.path),
      (problem.line === null ? '' : `${say('files.line', { line: problem.line })}: `) +
        say(`files.codes.${problem.code}`),
    ]);
    const rowOf = (row) => [
      machine(row.path),
      say(`files.states.${row.state}`),
      row.namedBy === null ? say('files.notNamed') : say('files.namedBy', { seq: row.namedBy }),
    ];
    const columns = [say('files.path'), say('files.state'), say('files.named')];
    const all = result.rows.length > 0 ? table(say('files.all'), columns, result.rows.map(rowOf)) : null;
    const isLong = result.rows.length > OPEN_ROWS;
    const folded = isLong ? make('details', {}, make('summary', {}, say('files.all')), all) : all;
    return section(
      say('files.title'),
      problems.length > 0 ? table(say('files.problems'), columns.slice(0, 2), problems) : null,
      verdict.wrongFiles.length > 0
        ? table(say('files.wrong'), columns, verdict.wrongFiles.map(rowOf))
        : null,
      folded,
      result.outside > 0 ? p(say('files.outside', { count: result.outside }), 'muted') : null,
    );
  }

  function daysSection(result) {
    const rows = result.days.map(({ day, entries, root, stamped }) => {
      const id = stamped.state === 'equal' && stamped.proofs.length > 0 ? 'equalProofs' : stamped.state;
      return [
        visible(day),
        String(entries),
        machine(root),
        say(`days.${id}`, { files: stamped.proofs.map(visible).join(', ') }),
      ];
    });
    const columns = ['day', 'entries', 'root', 'stamp'].map((name) => say(`days.${name}`));
    return section(
      say('days.title'),
      p(say('days.intro')),
      make('div', { class: 'days' }, table(say('days.roots'), columns, rows)),
      p(say('days.how'), 'muted'),
    );
  }

  function limitsSection() {
    const items = ['cut', 'anew', 'key', 'truth', 'page'].map((name) =>
      make('li', {}, say(`limits.${name}`)),
    );
    return section(say('limits.title'), make('ul', {}, ...items), p(say('limits.protects')));
  }

  // ---- what was given

  /** A slice of a file, in a way that old browsers have too. */
  function readSlice(file, offset, length) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(new Uint8Array(reader.result));
      reader.onerror = () => reject(reader.error);
      reader.readAsArrayBuffer(file.slice(offset, offset + length));
    });
  }

  function sourceOf(path, file) {
    const piece = /(^|\/)custody\.jsonl$/.test(path) ? LOG_PIECE : PIECE;
    const stream = async (onPiece) => {
      for (let at = 0; at < file.size; at += piece) onPiece(await readSlice(file, at, piece));
    };
    return { path, size: file.size, stream, file };
  }

  async function unpacked(sources) {
    if (sources.length !== 1) return sources;
    const { file } = sources[0];
    const start = await readSlice(file, 0, 4);
    if (start[0] !== 0x50 || start[1] !== 0x4b) return sources;
    const read = (offset, length) => readSlice(file, offset, length);
    const entries = await vigia.listZip(file.size, read);
    return entries.map((entry) => ({
      path: entry.path,
      size: entry.size,
      stream: (onPiece) => vigia.unzip(entry, file.size, read, onPiece),
    }));
  }

  const megabytes = (bytes) => `${(bytes / 1000000).toFixed(1)} MB`;

  async function check() {
    if (state.files.length === 0) return;
    state.run += 1;
    const { run } = state;
    const bar = place('progress');
    let keys = null;
    const typed = vigia.readKeys(place('key').value);
    if (typed.wrong === 0 && typed.keys.length > 0) keys = typed.keys;
    state.result = null;
    try {
      const files = await unpacked(state.files);
      const total = files.reduce((sum, file) => sum + file.size, 0);
      let done = 0;
      let shown = 0;
      const onProgress = (bytes) => {
        done += bytes;
        if (run !== state.run || Date.now() - shown < 200) return;
        shown = Date.now();
        bar.value = total === 0 ? 1 : done / total;
        place('status').textContent = say('progress.reading', {
          done: megabytes(done),
          total: megabytes(total),
        });
      };
      bar.hidden = false;
      const result = await vigia.checkBag(files, { keys, onProgress });
      if (run !== state.run) return;
      state.result = result;
      state.notice = null;
    } catch (_) {
      if (run !== state.run) return;
      state.notice = { id: 'progress.failed' };
    }
    bar.hidden = true;
    render();
  }

  function take(sources) {
    state.files = sources;
    state.result = null;
    state.notice = null;
    state.typed = '';
    render();
    return check();
  }

  const fromInput = (input) =>
    take(Array.from(input.files, (file) => sourceOf(file.webkitRelativePath || file.name, file)));

  /** Everything below a dropped folder. Chromium refuses this to pages that were opened from disk. */
  async function belowEntry(entry, path, into) {
    if (entry.isFile) {
      into.push(sourceOf(path, await new Promise((resolve, reject) => entry.file(resolve, reject))));
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      // Folders are given in parts.
      const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (part.length === 0) return;
      for (const inner of part) await belowEntry(inner, `${path}/${inner.name}`, into);
    }
  }

  /** The same by the newer way, which Chromium allows. */
  async function belowHandle(handle, path, into) {
    if (handle.kind === 'file') {
      into.push(sourceOf(path, await handle.getFile()));
      return;
    }
    const inside = handle.values();
    for (;;) {
      const { done, value } = await inside.next();
      if (done) return;
      await belowHandle(value, `${path}/${value.name}`, into);
    }
  }

  async function fromDrop(transfer) {
    // All of it must be asked for at once: after the first pause the browser takes it away.
    const items = Array.from(transfer.items || [])
      .filter((item) => item.kind === 'file')
      .map((item) => ({
        entry: item.webkitGetAsEntry ? item.webkitGetAsEntry() : null,
        handle: item.getAsFileSystemHandle ? item.getAsFileSystemHandle() : null,
      }));
    const plain = Array.from(transfer.files, (file) => sourceOf(file.name, file));
    if (!items.some(({ entry }) => (entry ? entry.isDirectory : false))) return take(plain);
    const sources = [];
    try {
      for (const { entry, handle } of items) {
        const found = handle ? await handle : null;
        if (found) await belowHandle(found, found.name, sources);
        else await belowEntry(entry, entry.name, sources);
      }
    } catch (_) {
      state.files = [];
      state.result = null;
      state.notice = { id: 'choose.noFolder' };
      return render();
    }
    return take(sources);
  }

  function listen() {
    const drop = place('drop');
    for (const input of [place('folder'), place('files')]) {
      input.addEventListener('change', () => {
        if (input.files.length > 0) fromInput(input);
      });
    }
    // Anywhere on the page: a file that misses the field must not be opened instead of the page.
    document.addEventListener('dragover', (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
    document.addEventListener('dragleave', () => drop.classList.remove('over'));
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      drop.classList.remove('over');
      fromDrop(event.dataTransfer);
    });
    place('use-key').addEventListener('click', () => {
      const { keys, wrong } = vigia.readKeys(place('key').value);
      const isWrong = wrong > 0 || keys.length === 0;
      place('key-answer').textContent =
        isWrong && place('key').value.trim() !== '' ? say('ownKey.wrong') : '';
      check();
    });
    for (const button of document.querySelectorAll('[data-language]')) {
      button.addEventListener('click', () => {
        state.language = button.getAttribute('data-language');
        place('key-answer').textContent = '';
        render();
      });
    }
  }

  if (/^en\b/i.test(navigator.language)) state.language = 'en';
  listen();
  render();
})(vigia);
