// Reads jobs from standard input as `program.py` says, and answers each with one line.
"use strict";
const fs = require("fs");
const readline = require("readline");

// Every [address, value] of a file of cells, a day as its number.
function cells(path) {
  const fields = fs.readFileSync(path, "utf8").split("\0");
  const found = [];
  for (let n = 0; n + 2 < fields.length; n += 3) {
    found.push([fields[n], fields[n + 1] === "text" ? fields[n + 2] : Number(fields[n + 2])]);
  }
  return found;
}

// Calls resave(source, target, format, cells) job after job.
exports.serve = async function (resave) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [source, target, format, listed] = line.split("\t");
    let answer = "ok";
    try {
      await resave(source, target, format, cells(listed));
    } catch (error) {
      answer = String(error).replace(/\s+/g, " ");
    }
    process.stdout.write(answer + "\n");
  }
};
