/** Files and folders out of a drop or a file field, with the paths they had. */

export interface GivenFile {
  readonly file: File;
  /** With the name of the folder first; `` for a file by itself. */
  readonly relativePath: string;
}

/** What was given as one thing. */
export interface GivenItem {
  readonly name: string;
  readonly isFolder: boolean;
  readonly files: readonly GivenFile[];
  /** Counting stopped: there are more. */
  readonly isCut: boolean;
  /** Files and folders that the system did not give. */
  readonly missing: number;
}

/** Has to be called while the drop is handled: afterwards the browser gives nothing. */
export function entriesOf(items: DataTransferItemList): (FileSystemEntry | File)[] {
  return [...items].flatMap((item) => item.webkitGetAsEntry() ?? item.getAsFile() ?? []);
}

/**
 * Walks dropped entries. Browsers give the files of a folder in batches.
 *
 * @param limit - stops a folder after so many files
 */
export async function itemsOf(
  entries: readonly (FileSystemEntry | File)[],
  limit: number,
): Promise<GivenItem[]> {
  const items: GivenItem[] = [];
  for (const entry of entries) {
    if (entry instanceof File) {
      items.push(loose(entry));
      continue;
    }
    if (isFile(entry)) {
      const file = await fileOf(entry);
      items.push({
        name: entry.name,
        isFolder: false,
        files: file ? [{ file, relativePath: '' }] : [],
        isCut: false,
        missing: file ? 0 : 1,
      });
      continue;
    }
    const files: GivenFile[] = [];
    let isCut = false;
    let missing = 0;
    for await (const given of walk(entry as FileSystemDirectoryEntry)) {
      if (given === null) {
        missing += 1;
        continue;
      }
      if (files.length >= limit) {
        isCut = true;
        break;
      }
      files.push(given);
    }
    items.push({ name: entry.name, isFolder: true, files, isCut, missing });
  }
  return items;
}

/** Of a file field; with `webkitdirectory` the files carry the path below the chosen folder. */
export function chosenItems(list: FileList, limit: number): GivenItem[] {
  const folders = new Map<string, GivenFile[]>();
  const items: GivenItem[] = [];
  for (const file of list) {
    const [folder] = file.webkitRelativePath.split('/');
    if (folder === undefined || folder === '') {
      items.push(loose(file));
      continue;
    }
    const files = folders.get(folder) ?? [];
    files.push({ file, relativePath: file.webkitRelativePath });
    folders.set(folder, files);
  }
  for (const [name, files] of folders) {
    const isCut = files.length > limit;
    items.push({ name, isFolder: true, files: files.slice(0, limit), isCut, missing: 0 });
  }
  return items;
}

function loose(file: File): GivenItem {
  return { name: file.name, isFolder: false, files: [{ file, relativePath: '' }], isCut: false, missing: 0 };
}

/** Null for each one that cannot be read. */
async function* walk(folder: FileSystemDirectoryEntry): AsyncGenerator<GivenFile | null> {
  const reader = folder.createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[] | null>((resolve) =>
      reader.readEntries(resolve, () => resolve(null)),
    );
    if (batch === null) yield null;
    if (batch === null || batch.length === 0) return;
    for (const entry of batch) {
      if (isFile(entry)) {
        const file = await fileOf(entry);
        yield file ? { file, relativePath: entry.fullPath.replace(/^\/+/, '') } : null;
      } else yield* walk(entry as FileSystemDirectoryEntry);
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

/** Null when the system does not give it: no permission, gone. */
function fileOf(entry: FileSystemFileEntry): Promise<File | null> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(null)));
}
