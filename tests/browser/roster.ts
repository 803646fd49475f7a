import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';

/** A row of a roster: what is typed under each heading. */
export type Row = Record<string, string>;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/**
 * The downloaded template as a clerk hands it back: the same workbook, with rows of text below its headings (the second
 * row). Fails when a heading is not in the template.
 */
export function fillIn(template: Uint8Array, rows: Row[]): Buffer {
  const parts = unzipSync(template);
  const part = (name: string) => strFromU8(parts[name] ?? new Uint8Array());
  const strings = [...part('xl/sharedStrings.xml').matchAll(/<si>(.*?)<\/si>/gs)].map(([, si]) =>
    unescaped([...si!.matchAll(/<t[^>]*>(.*?)<\/t>/gs)].map(([, text]) => text).join('')),
  );
  const sheet = 'xl/worksheets/sheet1.xml';
  const columns = new Map(
    [...part(sheet).matchAll(/<c r="([A-Z]+)2"[^>]*t="s"[^>]*><v>(\d+)<\/v>/g)].map(([, column, index]) => [
      strings[Number(index)]!.replace('*', ''),
      column!,
    ]),
  );
  const lines = rows.map((row, index) => {
    const number = index + 3;
    const cells = [...columns].flatMap(([heading, column]) =>
      row[heading] ? [`<c r="${column}${number}" t="inlineStr"><is><t>${escaped(row[heading])}</t></is></c>`] : [],
    );
    const unknown = Object.keys(row).filter((heading) => !columns.has(heading));
    if (unknown.length) throw new Error(`the template has no column ${unknown.join(', ')}, only ${[...columns.keys()].join(', ')}`);
    return `<row r="${number}">${cells.join('')}</row>`;
  });
  parts[sheet] = strToU8(part(sheet).replace('</sheetData>', `${lines.join('')}</sheetData>`));
  return Buffer.from(zipSync(parts));
}
