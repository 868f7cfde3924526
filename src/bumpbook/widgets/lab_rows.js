// Finished runs as rows of a notebook: kept in the reader's browser, exported as JSON, and checked when they come back.

import { COUNT, FAR, NEAR, NO_SHAPE, counts, setOf } from "./lab_set.js";
import { VERSION, checked } from "./lab_settings.js";
import { fromText } from "./lab_pack.js";

/** @typedef {import("./lab_settings.js").Settings} Settings */
/**
 * A finished run: `off` are hundredths of a pixel for each label, `pictures` the drawings, deflated, both in base64.
 * @typedef {{when: string, settings: Settings, bet: number | null, seconds: number, off: string, pictures: string}} Row
 */

const PLACE = "bumpworld-laboratory";
export const CHANGED = "bumpworld-laboratory-changed";
const MOST = 40; // rows that are kept
export const LONGEST = 40; // letters of a name

/**
 * A row out of anything; throws the end of a sentence.
 * @param {any} given
 * @returns {Row}
 */
function checkedRow(given) {
  const settings = checked(given?.settings);
  const { bet, seconds, when } = given;
  const { held } = counts(setOf(settings.rows));
  if (!(bet === null || (Number.isInteger(bet) && bet >= 0 && bet <= held))) throw new Error(`its bet “${String(bet).slice(0, 20)}” is no whole number from 0 to ${held}`);
  if (!(Number.isFinite(seconds) && seconds >= 0)) throw new Error("its seconds are no number");
  if (Number.isNaN(Date.parse(when))) throw new Error("its date is none");
  if (fromText(given.off).length !== COUNT) throw new Error(`it does not judge ${COUNT} labels`);
  fromText(given.pictures);
  return { when: String(when), settings, bet, seconds, off: String(given.off), pictures: String(given.pictures) };
}

/**
 * What a row says in numbers: counts of labels, and how many are right within 0.45 px and within 1 px.
 * @param {Row} row
 */
export function results({ settings, off }) {
  const [set, found] = [setOf(settings.rows), fromText(off)];
  const right = (/** @type {number} */ flag, /** @type {number} */ most) =>
    [...set.keys()].filter((i) => set[i] === flag && found[i] <= most && found[i] !== NO_SHAPE).length;
  return { ...counts(set), right: right(0, NEAR), near: right(0, FAR), learned: right(1, NEAR) };
}

/** Rows of this session, for a browser that keeps nothing. */
/** @type {Row[]} */
let here = [];
let lost = false;

/** @returns {{rows: Row[], note: string}} what is kept, and what is wrong with it */
export function readRows() {
  let note = lost ? "This browser keeps nothing more for this page, so the notebook lasts until you close it. Export what you want to keep." : "";
  if (lost) return { rows: here, note };
  try {
    const text = localStorage.getItem(PLACE);
    /** @type {Row[]} */
    const rows = [];
    for (const row of text ? JSON.parse(text) : []) {
      try {
        rows.push(checkedRow(row));
      } catch {
        note = "A row of the notebook was damaged and is left out.";
      }
    }
    return { rows, note };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return { rows: here, note: "The notebook in this browser was damaged, so it begins anew." };
    lost = true;
    return readRows();
  }
}

/** @param {Row[]} rows */
export function writeRows(rows) {
  here = rows.slice(-MOST);
  try {
    if (!lost) localStorage.setItem(PLACE, JSON.stringify(here));
  } catch {
    lost = true; // forbidden, or full
  }
  dispatchEvent(new Event(CHANGED));
}

/** @param {Row} row */
export const addRow = (row) => writeRows([...readRows().rows, row]);

/**
 * @param {Row[]} rows
 * @param {string} who ran them; empty where nobody said
 */
export const toFile = (rows, who) => JSON.stringify({ bumpworld: "laboratory", version: VERSION, who, rows });

/**
 * Whose an exported file is, and its rows. Throws the end of a sentence about it.
 * @param {string} text
 * @returns {{who: string, rows: Row[]}}
 */
export function fromFile(text) {
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    throw new Error("it is no JSON");
  }
  if (found?.bumpworld !== "laboratory" || !Array.isArray(found.rows)) throw new Error("it was not exported by a laboratory");
  if (found.version !== VERSION) throw new Error(`it is of version “${String(found.version).slice(0, 20)}”, and this page reads version ${VERSION}`);
  return { who: typeof found.who === "string" ? found.who.trim().slice(0, LONGEST) : "", rows: found.rows.map(checkedRow) };
}
