#!/usr/bin/env node
/** The `graft` command; `npm start` runs it from its sources. */
import "../node.ts";
import { divertNativeMessages } from "./native_messages.ts";
import { runCommand } from "./program.ts";

divertNativeMessages();
process.exitCode = await runCommand(process.argv.slice(2));
