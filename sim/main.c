/* SPDX-License-Identifier: GPL-3.0-or-later */
/* liandong - the table of commands, and the choice of one. */
#include <errno.h>
#include <liandong/command.h>
#include <liandong/encoding.h>
#include <liandong/heap.h>
#include <liandong/ranks.h>
#include <liandong/version.h>
#include <string.h>

struct command {
    const char *name;
    int (*function)(int argc, char **argv);
    const char *words, *en, *zh;
};
static const struct command commands[] = {
    {"run",         command_run,         "SCENARIO",          "simulate",                                                      "运行模拟"                           },
    {"check",       command_check,       "SCENARIO",          "print every error of a scenario with its place",                "检查情景文件"                     },
    {"explain",     command_explain,     "SCENARIO [KEY...]", "each value in force and where it comes from",
     "列出生效取值及其来源"                                                                                                                                   },
    {"new",         command_new,         "NAME",              "a scenario and a facts file to fill in",                        "生成待填写的情景与事实文件"},
    {"params",      command_params,      "",                  "the table of parameters",                                       "参数表"                              },
    {"instruments", command_instruments, "",                  "the policy instruments that work",                              "政策工具表"                        },
    {"series",      command_series,      "",                  "the outcome series",                                            "输出序列表"                        },
    {"sources",     command_sources,     "[NAME...]",         "what the short names in sources of defaults stand for",
     "来源编号的含义"                                                                                                                                            },
    {"schedule",    command_schedule,    "",                  "the phases of a month, in their order",                         "每月阶段表"                        },
    {"flows",       command_flows,       "[RESULT]",          "the flows of money, or those of a result as a matrix",          "资金流量表"                        },
    {"audit",       command_audit,       "RESULT",            "add every flow of a result up again",                           "重新核算结果文件"               },
    {"rerun",       command_rerun,       "RESULT",            "make the same file again",                                      "重新生成同一结果"               },
    {"validate",    command_validate,    "SCENARIO",          "reported against simulated",                                    "对照报告值与模拟值"            },
    {"compare",     command_compare,     "BASE VARIANT...",   "the same worlds under each policy",                             "在相同随机世界中比较各方案"},
    {"merge",       command_merge,       "SHARD...",          "the files of one process, from shards",                         "合并分片"                           },
    {"companions",  command_companions,  "PLAN",              "a comparison's companions in shards, as merge planned them",
     "按合并所留计划分片模拟比较的伴随情景"                                                                                                           },
    {"sweep",       command_sweep,       "SCENARIO",          "many points of its parameters, with the same luck",             "以相同随机数扫描参数"         },
    {"moments",     command_moments,     "RESULT",            "mean, spread and quantiles over runs",                          "各次模拟的均值与分位数"      },
    {"coupling",    command_coupling,    "PANEL|RESULT",      "coupling coordination of subsystems, from a panel or a result",
     "由面板数据或模拟结果计算耦合协调度"                                                                                                              },
    {"export",      command_export,      "RESULT",            "series of a result as CSV",                                     "导出为CSV"                           },
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

/* --lang anywhere on the line, else the environment: it must be known before any help is printed. */
static void lang_choose(int argc, char **argv)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *chosen = NULL;
    for (size_t i = 0; i < 3 && (chosen == NULL || *chosen == '\0'); i++)
        chosen = getenv(variables[i]);
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            chosen = argv[i] + 7;
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            chosen = argv[i + 1];
    }
    lang_zh = chosen != NULL && strncmp(chosen, "zh", 2) == 0;
}

static void print_help(FILE *to)
{
    size_t width = 0;
    for (int i = 0; i < N_COMMANDS; i++) {
        size_t own = strlen(commands[i].name) + 1 + strlen(commands[i].words);
        width = own > width ? own : width;
    }
    fputs(tr("Usage: liandong COMMAND [ARGUMENT...]\n\n", "用法：liandong 命令 [参数...]\n\n"), to);
    for (int i = 0; i < N_COMMANDS; i++) {
        const struct command *c = &commands[i];
        int used = fprintf(to, "  %s %s", c->name, c->words);
        fprintf(to, "%*s%s\n", (int)width + 5 - used, "", tr(c->en, c->zh));
    }
    fputs(tr("\n`liandong COMMAND --help` tells the options of each; --lang zh speaks Chinese.\n",
             "\n“liandong 命令 --help”列出各命令的选项；--lang en 使用英文。\n"),
          to);
}

static int finish(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return OK;
    fprintf(stderr, "liandong: error: %s: %s\n", tr("cannot write the output", "无法写出结果"),
            tr(strerror(errno), message_zh(strerror(errno))));
    return IO_ERROR;
}

static int unknown_command(const char *name)
{
    const char *names[N_COMMANDS];
    for (int i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i].name;
    const char *near = nearest_name(name, names, N_COMMANDS);
    fprintf(stderr, tr("liandong: error: unknown command '%s'", "liandong: error: 未知命令“%s”"), name);
    if (near != NULL)
        fprintf(stderr, tr("; did you mean '%s'?", "；您是否想写“%s”？"), near);
    else
        fputs(tr("; `liandong --help` lists them", "；`liandong --help` 列出全部命令"), stderr);
    fputc('\n', stderr);
    return FAILED;
}

/* Commands whose runs are dealt to the ranks of a job; any other is done by rank 0 alone. */
static bool deals_runs(const struct command *c)
{
    return c->function == command_run || c->function == command_compare || c->function == command_companions ||
           c->function == command_sweep;
}

int main(int argc, char **argv)
{
    heap_begin();
    lang_choose(argc, argv);
    int at = 1; /* past `--lang zh` before the command */
    while (at < argc && strncmp(argv[at], "--lang", 6) == 0)
        at += strchr(argv[at], '=') != NULL ? 1 : 2;
    if (at >= argc) {
        print_help(stderr);
        return FAILED;
    }
    if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-?") == 0 || strcmp(argv[at], "help") == 0) {
        print_help(stdout);
        return finish();
    }
    if (strcmp(argv[at], "--version") == 0) {
        printf("liandong %s (%s, %s)\n", version_number, version_revision, version_compiler);
        return finish();
    }
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i].name, argv[at]) == 0)
            return ranks_begin(deals_runs(&commands[i])) ? commands[i].function(argc - at, argv + at) : OK;
    return unknown_command(argv[at]);
}
