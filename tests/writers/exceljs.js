// ExcelJS: opens a workbook, puts values into cells, saves; formulas keep the results they had.
"use strict";
const ExcelJS = require(process.argv[2]);
const { serve } = require("./jobs.js");

serve(async (source, target, format, cells) => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(source);
  for (const [address, value] of cells) book.worksheets[0].getCell(address).value = value;
  await book.xlsx.writeFile(target);
});
