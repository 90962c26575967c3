// SheetJS: puts onto the first sheet what its free edition writes, each on the cell it is listed with, and saves.
"use strict";
const XLSX = require(process.argv[2]);
const { serve } = require("./jobs.js");

const format = (code, value) => (cell) => {
  if (value !== undefined) Object.assign(cell, { t: "n", v: value, w: undefined });
  cell.z = code;
};
const comment = (thread) => (cell) => { cell.c = [{ a: "张三", t: "只做了一半", T: thread }]; };

const MARKS = {
  "comment": comment(false),
  "thread": comment(true),
  "hidden by format": format(";;;"),
  "number hidden by format": format(";;;", 1),
  "other mark by format": format('"√";"√";"√"', 0),
  "other text by format": format('@"（撤回）"'),
};

serve((source, target, type, cells) => {
  const book = XLSX.readFile(source, { cellStyles: true, cellNF: true });
  const sheet = book.Sheets[book.SheetNames[0]];
  for (const [mark, address] of cells) MARKS[mark](sheet[address] || (sheet[address] = { t: "z" }));
  XLSX.writeFile(book, target, { bookType: type });
});
