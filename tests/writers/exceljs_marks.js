// ExcelJS: puts marks onto the first sheet, each on the cell it is listed with, and saves.
"use strict";
const ExcelJS = require(process.argv[2]);
const { serve } = require("./jobs.js");

const font = (more) => (cell) => { cell.font = { ...cell.font, ...more }; };
const format = (code, value) => (cell) => {
  if (value !== undefined) cell.value = value;
  cell.numFmt = code;
};
const white = { color: { argb: "FFFFFFFF" } };

// A part of the text in another font.
const partly = (part, more) => (cell) => {
  const [before, after] = cell.text.split(part);
  const runs = [{ text: before }, { text: part, font: { ...cell.font, ...more } }, { text: after, font: cell.font }];
  cell.value = { richText: runs.filter((run) => run.text) };
};

const MARKS = {
  "picture": (cell, sheet, picture) => sheet.addImage(picture, {
    tl: { col: cell.col - 0.9, row: cell.row - 0.9 },
    br: { col: cell.col - 0.1, row: cell.row - 0.1 },
  }),
  "comment": (cell) => { cell.note = "只做了一半"; },
  "struck": font({ strike: true }),
  "partly struck": partly("原写三次", { strike: true }),
  "white": font(white),
  "partly white": partly("附件二", white),
  "tiny": font({ size: 1 }),
  "hidden by format": format(";;;"),
  "number hidden by format": format(";;;", 1),
  "low row": (cell, sheet) => { sheet.getRow(cell.row).height = 0.5; },
  "narrow column": (cell, sheet) => { sheet.getColumn(cell.col).width = 0.3; },
  "symbol font": (cell) => { cell.value = "P"; font({ name: "Wingdings 2" })(cell); },
  "symbol font in part": (cell) => { cell.value = "P"; partly("P", { name: "Wingdings 2" })(cell); },
  "other mark by format": format('"√";"√";"√"', 0),
  "other text by format": format('@"（撤回）"'),
  "colour": (cell) => { cell.fill = { type: "pattern", pattern: "solid", fgColor: { argb: "FF92D050" } }; },
};

serve(async (source, target, picture, cells) => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(source);
  const sheet = book.worksheets[0];
  const image = book.addImage({ base64: picture, extension: "png" });
  for (const [mark, address] of cells) {
    const cell = sheet.getCell(address);
    cell.style = { ...cell.style };  // it is shared by all cells that look alike
    MARKS[mark](cell, sheet, image);
  }
  await book.xlsx.writeFile(target);
});
