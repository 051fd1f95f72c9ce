import type { Archive } from './archive.ts';
import { notAWorkbook, oversizedWorkbook } from './workbook-error.ts';
import { readWholeXml, type Attributes, type ElementBudget } from './xml.ts';

/** A sheet of cells, with the name on its tab. */
export interface Sheet {
  readonly name: string;
  /** The member of the archive that contains it. */
  readonly member: string;
  readonly isHidden: boolean;
}

/** Where the parts of a workbook are in its archive. */
export interface Parts {
  /** In the order of the tabs. */
  readonly sheets: readonly Sheet[];
  readonly strings: string | undefined;
  readonly styles: string | undefined;
  /** Dates are counted from 1904, as in Excel on old Macs. */
  readonly from1904: boolean;
}

interface Relation {
  readonly type: string;
  readonly target: string;
}

/** A limit, because every sheet that could be meant is opened. */
const MOST_SHEETS = 1000;

/** Other formats that are zip archives, each with a member that only it has. */
const OTHERS: readonly (readonly [member: string, what: string])[] = [
  ['xl/workbook.bin', 'an Excel binary workbook (.xlsb)'],
  ['content.xml', 'an OpenDocument spreadsheet'],
  ['word/document.xml', 'a Word document'],
  ['ppt/presentation.xml', 'a PowerPoint presentation'],
  ['index/document.iwa', 'an Apple Numbers document'],
];

function resolved(base: string, target: string): string {
  const parts = target.startsWith('/') ? [] : base.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

async function relationsOf(
  archive: Archive,
  member: string,
  budget: ElementBudget,
): Promise<ReadonlyMap<string, Relation>> {
  const slash = member.lastIndexOf('/') + 1;
  const name = `${member.slice(0, slash)}_rels/${member.slice(slash)}.rels`;
  const relations = new Map<string, Relation>();
  await readWholeXml(archive, name, budget, {
    open: (element, attributes) => {
      const { Id, Type, Target } = attributes;
      if (element !== 'Relationship' || Id === undefined || Target === undefined) return;
      const type = (Type ?? '').slice((Type ?? '').lastIndexOf('/') + 1);
      relations.set(Id, { type, target: resolved(member, Target) });
    },
  });
  return relations;
}

function targetOf(relations: ReadonlyMap<string, Relation>, type: string): string | undefined {
  return [...relations.values()].find((relation) => relation.type === type)?.target;
}

/** `r:id`, whatever the prefix. */
function relationId(attributes: Attributes): string | undefined {
  const name = Object.keys(attributes).find((each) => each.endsWith(':id'));
  return name === undefined ? undefined : attributes[name];
}

/** Finds the parts of a workbook. Rejects with INPUT_WORKBOOK for other archives. */
export async function readParts(archive: Archive, budget: ElementBudget): Promise<Parts> {
  const other = OTHERS.find(([member]) => archive.has(member));
  if (other !== undefined) throw notAWorkbook(archive.path, other[1]);
  const roots = await relationsOf(archive, '', budget);
  const member = targetOf(roots, 'officeDocument') ?? 'xl/workbook.xml';
  if (!archive.has(member)) {
    throw notAWorkbook(
      archive.path,
      'a zip archive, not a workbook',
      'Unpack it, and name the file in it: --file FILE. gzip (.gz) needs no unpacking.',
    );
  }
  const relations = await relationsOf(archive, member, budget);
  const sheets: Sheet[] = [];
  let from1904 = false;
  await readWholeXml(archive, member, budget, {
    open: (element, attributes) => {
      if (element === 'workbookPr') {
        from1904 = /^(?:1|true|on)$/.test(attributes['date1904'] ?? '');
      }
      if (element !== 'sheet') return;
      const relation = relations.get(relationId(attributes) ?? '');
      // Charts have tabs but no cells.
      if (relation?.type !== 'worksheet') return;
      if (sheets.length >= MOST_SHEETS) throw oversizedWorkbook(archive.path);
      sheets.push({
        name: attributes['name'] ?? '',
        member: relation.target,
        isHidden: (attributes['state'] ?? 'visible') !== 'visible',
      });
    },
  });
  return {
    sheets,
    strings: targetOf(relations, 'sharedStrings'),
    styles: targetOf(relations, 'styles'),
    from1904,
  };
}
