// Tells what another parser reads in a mail: node read_mail.js PACKAGE FILE, as JSON to standard output.
// PACKAGE is the folder of mailparser or of postal-mime.
const crypto = require("crypto");
const fs = require("fs");
const path = require("path");

const data = fs.readFileSync(process.argv[3]);
const parser = require(process.argv[2]);

function told(subject, to, text, attachments) {
  const parts = attachments.map(({ name, content }) => ({
    name,
    sha256: crypto.createHash("sha256").update(Buffer.from(content)).digest("hex"),
  }));
  process.stdout.write(JSON.stringify({ subject, to, text, attachments: parts }));
}

async function main() {
  if (path.basename(process.argv[2]) === "mailparser") {
    const mail = await parser.simpleParser(data);
    const parts = mail.attachments.map((one) => ({ name: one.filename, content: one.content }));
    told(mail.subject, mail.to ? mail.to.value.map((one) => one.address) : [], mail.text, parts);
  } else {
    const PostalMime = parser.default || parser;
    const mail = await PostalMime.parse(data);
    const parts = mail.attachments.map((one) => ({ name: one.filename, content: one.content }));
    told(mail.subject, (mail.to || []).map((one) => one.address), mail.text, parts);
  }
}

main();
