/**
 * Questions about the tables of figures in an annual report that lies beside the checkout (`documents/example-10k.html`), each with the row that
 * answers it, as the reader reads it. They were written before any of it was searched, and are there to measure with.
 */
export const reportQuestions: readonly (readonly [question: string, row: string])[] = [
  [
    'What did the company owe its suppliers and staff in accrued expenses at the end of 2021?',
    'Total accrued expenses\t$\t2,666,073',
  ],
  ['How much cash was there at the end of 2020?', 'Cash and cash equivalents – end of period\t$\t16,058,714'],
  ['total current assets 2021', 'Total current assets\t\t23,890,122'],
  ['What was Adjusted EBITDA in 2021?', 'Adjusted EBITDA\t$\t8,733,830'],
  ['How much did the company spend on research and development?', 'Research and development\t\t520,449'],
  ['What is the net value of customer relationships and other intangible assets?', 'Other intangible assets, net\t$\t13,677,264'],
  ['How large was the accumulated deficit?', 'Accumulated deficit\t\t(33,543,351'],
  ['How much principal was repaid on long-term debt?', 'Principal payments on long-term debt\t\t(13,104,942'],
  ['revenue from Europe, Middle East and Africa', 'Europe, Middle East and Africa\t\t9,959,841'],
  ['What was the value of raw materials in inventory?', 'Raw materials and component parts\t$\t413,320'],
  ['How much do the automotive vehicles count for in property and equipment?', 'Automotive vehicles\t\t171,671'],
  ['What is payroll and related in accrued expenses?', 'Payroll and related\t\t1,156,291'],
  ['How much long-term debt is there gross?', 'Long-term debt, gross\t\t60,500,369'],
  ['What were the total deferred tax assets?', 'Total deferred tax assets\t\t946,857'],
  ['What fees were paid to the auditor in total?', 'Total fees\t$\t265,088'],
  ['How many stock options were outstanding at the end of 2021?', 'Outstanding – December 31, 2021\t\t1,935,002'],
  ['What was Mark Lipparelli paid as a director?', 'Mark A. Lipparelli⁽¹⁾\t$\t90,000'],
  ['What was the income before taxes in 2021?', 'Income (loss) before (provision) benefit for income taxes\t\t2,160,449'],
  ['tax at the federal statutory rate', 'Tax provision computed at the federal statutory rate\t$\t453,694'],
  ['How much bad debt expense was there?', 'Bad debt expense\t\t358,160'],
  ['Diluted weighted average shares outstanding', 'Diluted\t\t21,840,609'],
  ["What are the total liabilities and stockholders' deficit?", 'Total liabilities and stockholders’ deficit\t$\t40,452,705'],
  [
    'How much was paid for inventory or assets deployed at client locations, enhanced table systems?',
    'Enhanced table systems\t$\t1,139,827',
  ],
  ['What non-US income did the company have before taxes?', 'Non-U.S. income\t\t2,931,220'],
  ['share redemption consideration 2020', 'Share redemption consideration\t\t(682,469'],
  ['How much interest expense in the EBITDA reconciliation?', 'Interest expense\t\t1,505,386'],
  ['net cash used in investing activities', 'Net cash used in investing activities\t\t(233,734'],
  ['What is the current portion of operating lease liabilities?', 'Current portion of operating lease liabilities\t\t222,806'],
  ['What was comprehensive income in 2021?', 'Comprehensive income (loss)\t$\t1,926,928'],
  ['right-of-use liability in deferred taxes', 'Right-of-use liability\t\t(285,111'],
]
