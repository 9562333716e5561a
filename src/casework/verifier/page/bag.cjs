// The files of an export: sections 1, 7 and 8 of docs/custody-format.md.
((vigia) => {
  const MANIFEST = 'manifest-sha256.txt';
  const TAG_MANIFEST = 'tagmanifest-sha256.txt';
  const DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
  /** Files of these names are read whole, up to this size; all others are only hashed. */
  const KEPT = [MANIFEST, TAG_MANIFEST, 'bagit.txt', 'bag-info.txt', 'keys/custody.txt'];
  const MAX_KEPT_BYTES = 67108864;
  const ROOT_FILE = /^stamps\/(\d{4}-\d\d-\d\d)\.root\.txt$/;
  const ROOT_FILE_BYTES = 65;
  const LOG = 'custody.jsonl';
  const MAX_KEYS = 100;
  /** What file managers leave in folders that they show. */
  const LEFT_BY_SYSTEM = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini)$/;

  const isUnsafe = (path) =>
    /^[/\\]|\\|^[A-Za-z]:/.test(path) ||
    path.split('/').some((part) => part === '' || part === '.' || part === '..');

  /** A manifest: what it lists, and the lines that are none. */
  vigia.readManifest = (text, isTag) => {
    const digests = new Map();
    const problems = [];
    const lines = text.split('\n');
    if (lines[lines.length - 1] === '') lines.pop();
    lines.forEach((line, index) => {
      const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
      const report = (code) => problems.push({ code, line: index + 1 });
      if (!match) {
        report('manifest-line');
        return;
      }
      const path = match[2].replace(/%(25|0D|0A)/gi, (_, hex) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
      if (isUnsafe(path) || (path.slice(0, 5) === 'data/') === isTag) report('manifest-path');
      else if (digests.has(path)) report('manifest-twice');
      else digests.set(path, match[1]);
    });
    return { digests, problems };
  };

  /** The folder that the log lies in, with its slash: whatever was dropped, the bag begins there. */
  function topOf(paths) {
    for (const name of [LOG, MANIFEST]) {
      const found = paths.filter((path) => path === name || path.slice(-name.length - 1) === `/${name}`);
      if (found.length === 0) continue;
      found.sort((a, b) => a.split('/').length - b.split('/').length || a.length - b.length);
      return found[0].slice(0, found[0].length - name.length);
    }
    return '';
  }

  /**
   * Reads and checks all files of an export.
   *
   * @param files - `{path, size, stream(onPiece) -> promise}`
   * @param options - `keys`: keys from elsewhere, instead of those of the bag, or null; `onProgress(bytes)`
   */
  vigia.checkBag = async (files, options) => {
    const top = topOf(files.map((file) => file.path));
    const inside = new Map();
    const result = {
      log: null,
      logIsThere: false,
      keys: [],
      keysFrom: 'none',
      problems: [],
      rows: [],
      hasManifests: false,
      manifestNamedBy: null,
      days: [],
      outside: 0,
    };
    const report = (code, path, line) => result.problems.push({ code, path: path || '', line: line || null });
    for (const file of files) {
      const path = file.path.slice(top.length);
      if (file.path.slice(0, top.length) !== top) result.outside += 1;
      else if (isUnsafe(path)) report('unsafe-path', path);
      else if (inside.has(path)) report('twice', path);
      else inside.set(path, { file, sha256: null, text: null, failed: false });
    }
    if (files.every((file) => file.path.indexOf('/') < 0)) await nameByManifests(inside, options);

    // The keys first: the log is checked while it is read.
    const order = KEPT.filter((path) => inside.has(path)).concat(
      Array.from(inside.keys()).filter((path) => KEPT.indexOf(path) < 0),
    );
    await readAll(order, inside, options, result, report);

    compare(inside, result, report);
    checkDeclaration(inside, report);
    if (result.log) {
      result.days = vigia
        .dailyRoots(result.log.entries)
        .map((day) => ({ ...day, stamped: stampOf(day, inside) }));
      const namedBy = (path) => {
        const kept = inside.get(path);
        return (kept && result.log.named.get(kept.sha256)) || null;
      };
      result.manifestNamedBy = namedBy(MANIFEST);
      for (const row of result.rows) row.namedBy = namedBy(row.path);
    }
    return result;
  };

  async function readAll(order, inside, options, result, report) {
    if (options.keys) {
      result.keys = options.keys;
      result.keysFrom = 'given';
    }
    for (const path of order) {
      const kept = inside.get(path);
      const log = path === LOG ? new vigia.LogCheck(result.keys.length > 0 ? result.keys : null) : null;
      await readOne(path, kept, log, options);
      if (kept.failed) report('unreadable', path);
      if (path === 'keys/custody.txt' && !options.keys && kept.text !== null)
        takeKeys(kept.text, result, report);
      if (log && !kept.failed) result.log = log.end();
      if (log) result.logIsThere = true;
    }
  }

  async function readOne(path, kept, log, options) {
    const hash = new vigia.Sha256();
    const parts = [];
    let keep =
      (KEPT.indexOf(path) >= 0 && kept.file.size <= MAX_KEPT_BYTES) ||
      (ROOT_FILE.test(path) && kept.file.size === ROOT_FILE_BYTES);
    try {
      await kept.file.stream((bytes) => {
        hash.update(bytes);
        if (keep) parts.push(bytes);
        if (log) log.push(bytes);
        if (options.onProgress) options.onProgress(bytes.length);
      });
    } catch (_) {
      kept.failed = true;
      keep = false;
    }
    if (kept.failed) return;
    kept.sha256 = vigia.toHex(hash.digest());
    if (keep) kept.text = vigia.fromUtf8(vigia.joinBytes(...parts));
  }

  function takeKeys(text, result, report) {
    const { keys, wrong } = vigia.readKeys(text);
    if (wrong > 0 || keys.length > MAX_KEYS) report('keys-line', 'keys/custody.txt');
    result.keys = keys.slice(0, MAX_KEYS);
    if (keys.length > 0) result.keysFrom = 'bag';
  }

  /** Files that were dropped one by one have lost their folders: a name that is listed once tells where one belongs. */
  async function nameByManifests(inside, options) {
    const wanted = ['keys/custody.txt'];
    for (const path of [MANIFEST, TAG_MANIFEST]) {
      const kept = inside.get(path);
      if (!kept) continue;
      await readOne(path, kept, null, {});
      if (kept.text !== null)
        wanted.push(...vigia.readManifest(kept.text, path === TAG_MANIFEST).digests.keys());
    }
    const byName = new Map();
    for (const path of new Set(wanted)) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      byName.set(name, byName.has(name) ? null : path);
    }
    for (const [name, kept] of Array.from(inside)) {
      const path = byName.get(name);
      if (!path || path === name || inside.has(path)) continue;
      inside.delete(name);
      inside.set(path, kept);
    }
    if (options.onNamed) options.onNamed();
  }

  function compare(inside, result, report) {
    const listed = new Map();
    let manifests = 0;
    for (const path of [MANIFEST, TAG_MANIFEST]) {
      const kept = inside.get(path);
      if (!kept) continue;
      if (kept.text === null) {
        if (!kept.failed) report('manifest-text', path);
        continue;
      }
      manifests += 1;
      const { digests, problems } = vigia.readManifest(kept.text, path === TAG_MANIFEST);
      for (const problem of problems) report(problem.code, path, problem.line);
      for (const [name, digest] of digests) listed.set(name, digest);
    }
    result.hasManifests = manifests === 2;
    if (manifests === 0) return;
    for (const [path, digest] of listed) {
      const kept = inside.get(path);
      const state = !kept
        ? 'missing'
        : kept.failed
          ? 'unreadable'
          : kept.sha256 === digest
            ? 'equal'
            : 'different';
      result.rows.push({ path, state, namedBy: null });
    }
    for (const path of inside.keys()) {
      if (listed.has(path) || path === TAG_MANIFEST) continue;
      result.rows.push({ path, state: LEFT_BY_SYSTEM.test(path) ? 'system' : 'unlisted', namedBy: null });
    }
  }

  function checkDeclaration(inside, report) {
    const bagit = inside.get('bagit.txt');
    if (bagit && !bagit.failed && bagit.text !== DECLARATION) report('bagit', 'bagit.txt');
    const info = inside.get('bag-info.txt');
    const oxum = info && info.text !== null ? /^Payload-Oxum: (\d+)\.(\d+)$/m.exec(info.text) : null;
    if (!oxum) return;
    const payload = Array.from(inside).filter(
      ([path]) => path.slice(0, 5) === 'data/' && !LEFT_BY_SYSTEM.test(path),
    );
    const bytes = payload.reduce((sum, [, kept]) => sum + kept.file.size, 0);
    if (payload.length !== Number(oxum[2]) || bytes !== Number(oxum[1])) report('oxum', 'bag-info.txt');
  }

  /** Whether the small file that was stamped for a day is over this root. */
  function stampOf({ day, root }, inside) {
    const path = `stamps/${day}.root.txt`;
    const kept = inside.get(path);
    const others = Array.from(inside.keys()).filter((other) => other.indexOf(`${path}.`) === 0);
    return {
      state: !kept ? 'none' : kept.text === `${root}\n` ? 'equal' : 'different',
      proofs: others
        .filter((other) => /\.(tsr|ots)$/.test(other))
        .map((other) => other.slice('stamps/'.length)),
    };
  }

  /** What all of it comes to: `fits`, `differs`, or `partly` when something could not be checked. */
  vigia.verdictOf = (result) => {
    const { log } = result;
    const logProblems = log ? log.problems : [];
    const wrongFiles = result.rows.filter((row) => ['equal', 'system'].indexOf(row.state) < 0);
    const wrongStamps = result.days.filter((day) => day.stamped.state === 'different');
    const differs =
      logProblems.length > 0 || wrongFiles.length > 0 || wrongStamps.length > 0 || result.problems.length > 0;
    const lacks = [];
    if (!result.logIsThere || (log && log.lines === 0)) lacks.push('log');
    if (result.keys.length === 0) lacks.push('keys');
    if (!result.hasManifests) lacks.push('manifests');
    // Without this, whoever packed the bag could have packed it anew.
    else if (log && result.manifestNamedBy === null) lacks.push('binding');
    return {
      state: differs ? 'differs' : lacks.length > 0 ? 'partly' : 'fits',
      lacks,
      logProblems,
      wrongFiles,
      wrongStamps,
    };
  };
})(vigia);
