/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule - the month, in order.  This table is the model: `liandong schedule` prints it, the profile reports by it.
 * Numbers in the labels are those of the fifteen steps in docs/model. */
#include <liandong/month.h>

/* row, loan: what a row and a facility of its tile cost in it, in nanoseconds: the threads' shares are laid by them.  By least squares
 * over the tiles of guangzhou-2024 times five on one machine; where nothing ran there, assumed.  No result depends on them. */
#define LOCAL(function, writes, row, loan, en, zh) LOCAL_IF(NULL, function, writes, row, loan, en, zh)
#define LOCAL_IF(runs, function, writes, row, loan, en, zh)                     \
    {                                                                           \
#function, en, zh, LOCAL_PHASE, writes, row, loan, runs, function, NULL \
    }
#define MARKET(function, en, zh)                                       \
    {                                                                  \
#function, en, zh, MARKET_PHASE, 0, 0, 0, NULL, NULL, function \
    }

const struct phase schedule[] = {
    MARKET(founding_found, "2 potential founders found an enterprise, or not", "潜在创业者设立企业"),
    LOCAL_IF(buyers_fell, buyers_fall, WRITES_CASH | WRITES_RECEIVABLE, 5, 0,
             "3 suppliers lose what buyers owed them that failed last month", "上月失败买方的供应商损失账款"),
    LOCAL(firms_sell, WRITES_CASH | WRITES_RECEIVABLE | WRITES_OVERDUE, 43, 7,
          "3 enterprises sell, collect, pay, do research, patent", "销售、回款、付费、研发、专利"),
    LOCAL_IF(year_begins, firms_tax, WRITES_CASH | WRITES_OVERDUE, 13, 14,
             "4 income tax and dividends of the last year (January)", "企业所得税与分红（一月）"),
    LOCAL(members_review, WRITES_CASH, 15, 0, "4 who takes part in which instrument, and what is due to them",
          "政策资格审查与申报"),
    LOCAL_IF(accidents_happen, firms_suffer, WRITES_CASH | WRITES_OVERDUE, 5, 0,
             "3 accidents: research lost, liability for products, equipment damaged",
             "意外损失：研发、产品责任、首台套"),
    MARKET(accidents_pay, "3 insurers pay for accidents of who is insured", "科技保险赔付"),
    MARKET(budget_settle, "4 budget lines: appropriation, refills, places, claims paid in order",
           "预算拨款、名额分配、补助拨付"),
    LOCAL(pledges_offer, WRITES_CASH, 1, 0, "10 patents that the dead had pledged are put up for sale",
          "质押专利挂牌处置"),
    LOCAL(firms_plan, WRITES_CASH, 40, 19, "5 enterprises short of cash, or with an opportunity, choose a channel",
          "融资需求与渠道选择"),
    LOCAL_IF(bridges_stand, bridges_ask, WRITES_CASH, 3, 0,
             "6 whose line ends before the money is there asks for a bridge", "到期无力还贷者申请应急转贷"),
    LOCAL_IF(factors_stand, bills_ask, WRITES_CASH, 5, 0,
             "6 suppliers short of cash offer bills on their main buyers to factors", "缺资金的供应商申请保理"),
    MARKET(angels_settle, "6-8 angels rank, price and pay", "天使投资评估与出资"),
    MARKET(equity_settle, "6-8 funds are raised, examine, price, invest; distributions",
           "基金募集、尽调、定价、出资与分配"),
    MARKET(pledges_settle, "10 buyers pay for them what their money allows; proceeds go to the pledgees",
           "质押专利成交与质权人受偿"),
    MARKET(credit_settle, "6-7 banks screen, price, ration, enrol", "银行审批、定价、配给、入池"),
    MARKET(credit_pay_out, "8 granted facilities are opened and paid out", "授信开立与放款"),
    MARKET(bridges_settle, "9 bridge loans: repaid out of renewed lines, lent against renewals granted",
           "应急转贷：以续贷归还、凭续贷承诺放款"),
    LOCAL(loans_draw, WRITES_CASH | WRITES_DEBT | WRITES_LOANS, 3, 10, "9 enterprises draw on their lines", "提款"),
    LOCAL(loans_serve, WRITES_CASH | WRITES_DEBT | WRITES_LOANS, 5, 31, "9 interest, instalments, arrears, extension",
          "付息、还本、逾期、展期"),
    LOCAL_IF(closed_form_enabled, closed_form_local, WRITES_CASH, 5, 5, "10 constant hazards (closed-form tests only)",
             "闭式检验"),
    LOCAL(firms_fail, WRITES_CASH | WRITES_RECEIVABLE, 5, 1, "10 enterprises fail, are sued or give up", "企业失败"),
    LOCAL(firms_wind_up, WRITES_ALL, 2, 4, "10 assets of the dead are sold, creditors paid", "清算与追偿"),
    LOCAL(firms_stage, WRITES_CASH, 3, 1, "12 stages", "阶段变化"),
    LOCAL(listing_consider, WRITES_CASH, 9, 5,
          "12 who expects to meet the rules of a board, and gains by it, begins to prepare", "上市挂牌筹备决定"),
    LOCAL(rows_measure, WRITES_CASH, 8, 17, "14 what stands is counted", "统计"),
    MARKET(exits_settle, "12 funds sell: trade sales, listed shares, buy-backs; what is left of the dead",
           "基金退出：并购、减持、回购、清算"),
    MARKET(claims_settle, "11 claims along the cover chain, recoveries shared back", "代偿申请、拨付与追偿分享"),
    MARKET(boards_settle,
           "12 boards: files prepared, reviewed, withdrawn; shares listed as national capacity and window allow",
           "上市挂牌：申报、审核、撤回、发行与再融资"),
    MARKET(bills_settle, "9 factoring: bills paid, lost with their buyers, bought",
           "保理：账款到期、买方失败、受让预付"),
    MARKET(leases_settle, "9 leases: instalments, equipment taken back, guarantors called; lessors price and buy",
           "融资租赁：租金、取回与担保代偿，出租人定价与购置"),
    MARKET(bonds_settle, "12 bonds: issues pay and are paid, gather, are sold in tranches",
           "债券：偿付、归集、分层发行"),
    MARKET(banks_learn, "13 banks learn; funding, capital, tolerances, breakers", "银行学习与限额调整"),
    MARKET(record_month, "14 the record of the month", "月度记录"),
};
const size_t n_phases = sizeof schedule / sizeof schedule[0];
