// Writes a mail with attachments as Nodemailer does: node nodemailer.js PACKAGE LETTER.json, the mail to standard output.
const fs = require("fs");
const nodemailer = require(process.argv[2]);

const letter = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
for (const one of letter.attachments) {
  one.content = Buffer.from(one.content, "base64");
}
letter.date = new Date(letter.date);
nodemailer.createTransport({ streamTransport: true, buffer: true }).sendMail(letter, (error, sent) => {
  if (error) throw error;
  process.stdout.write(sent.message);
});
