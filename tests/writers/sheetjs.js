// SheetJS: opens a workbook, puts values into cells, saves; formulas keep the results they had.
"use strict";
const XLSX = require(process.argv[2]);
const { serve } = require("./jobs.js");

serve((source, target, format, cells) => {
  const book = XLSX.readFile(source);
  const sheet = book.Sheets[book.SheetNames[0]];
  for (const [address, value] of cells) {
    sheet[address] = typeof value === "number" ? { t: "n", v: value } : { t: "s", v: value };
  }
  XLSX.writeFile(book, target, { bookType: format });
});
