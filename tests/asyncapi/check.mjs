// Reads an AsyncAPI document from standard input and prints what AsyncAPI's own parser thinks of it, as JSON.
import { text } from "node:stream/consumers";

import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(await text(process.stdin));
const found = diagnostics.map(({ severity, code, message, path }) => ({ severity, code, message, path: path.join("/") }));
const messages = document?.allMessages().map((message) => message.id()) ?? [];
console.log(JSON.stringify({ diagnostics: found, messages }));
