/** The report holds all findings up to a size a browser opens and a printer prints; result.json has no such limit. */
export const REPORT_LIMITS = {
  fullPerBlock: 3,
  listedFindings: 2_000,
  rowsInBrief: 12,
  stepsInBrief: 5,
  placesShown: 20,
  datedRows: 1_000,
  /** Above so many rows the table under the figure is not printed: dozens of pages that say again what stands at the findings. */
  printedRows: 200,
  filesShown: 3,
  filesFolded: 500,
  remarksShown: 50,
  evidenceShown: 500,
  feedsShown: 500,
} as const;
