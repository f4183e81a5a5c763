// The browser is resolved at run time (an installed Chrome first, then the one inside
// @sparticuz/chromium), so `npm ci` never downloads one.
module.exports = { skipDownload: true };
