#!/usr/bin/env node
/** The `graft` command; `npm start` runs it from its sources. */
import "../node.ts";
import { runCommand } from "./program.ts";
import { divertNativeMessages } from "./terminal/native_messages.ts";

divertNativeMessages();
process.exitCode = await runCommand(process.argv.slice(2));
