// Takes the pictures of the documents from the real portal. Run by: test/browser/run --pictures
'use strict';
const path = require('node:path');
const { address, launch } = require('./portal');

const images = path.resolve(__dirname, '../../docs/image');

async function take(browser, language, ending, person) {
	const context = await browser.newContext({ locale: language, viewport: { width: 900, height: 760 } });
	const page = await context.newPage();
	const shot = name => page.screenshot({ path: path.join(images, `${name}${ending}.png`) });
	await page.goto(`${address}/recover`);
	await page.fill('#name', person);
	await Promise.all([page.waitForNavigation(), page.click('button.main')]);
	await shot('recover');
	await context.close();
}

async function main() {
	const browser = await launch();
	await take(browser, 'en-GB', '', 'ada');
	await take(browser, 'ja-JP', '.ja', 'tanaka.t');
	await browser.close();
}

main();
