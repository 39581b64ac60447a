"""What the page of `tools.sensitivity` says, in the languages of the book."""

WORDS = {
    "en": {
        "title": "What the tests notice",
        "lead": "A green test says little until one knows what would make it red. So faults were seeded into the book, "
        "one at a time: a sign, an order of arguments, a curve left out, labels swapped, a scale changed, a number in "
        "a sentence. For each, the tests ran, layer by layer, and the table counts who noticed. A dash means that the "
        "layer does not look at faults of this kind; the browser is asked only what unit tests let pass.",
        "forged": "A fault in a notebook was planted in both editions, and the fingerprint of its code was made anew; "
        "else the fingerprint alone would give every one of them away. `make sensitivity` repeats all this.",
        "kind": "faults in",
        "count": "seeded",
        "anybody": "noticed",
        "number": "what notebooks compute",
        "figure": "figures",
        "prose": "prose and descriptions",
        "corrections": "the table of corrections",
        "javascript": "the explorables",
        "site": "the site",
        "static": "rules",
        "numbers": "numbers",
        "figures": "figure data",
        "assertions": "assertions",
        "ledger": "ledger",
        "unit": "unit tests",
        "browser": "browser",
        "module": "Faults in klhelpers",
        "module_lead": "`make mutate` plants every small fault of a fixed list of kinds into the module, one at a "
        "time. There are {possible}, and {total} have been tried. Unit tests caught {unit}, "
        "the notebooks {notebook} more. {equivalent} change no digit that is "
        "promised, each with its reason in `tools/equivalent_faults.toml`. {nobody} went unnoticed.",
        "list": "One by one",
        "fault": "fault",
        "where": "where",
        "by": "noticed by",
        "nobody": "nobody",
        "comma": ", ",
    },
    "zh": {
        "title": "测试能发现什么",
        "lead": "测试通过，并不说明多少问题；还要知道什么会让它通不过。所以我们在书里埋下错误，一次一个：改一个符号，"
        "换一次参数的顺序，少画一条曲线，对调两个标签，改一个刻度，改句子里的一个数。每埋一个，就逐层运行测试，"
        "下表统计各层发现了多少。短横表示这一层不看这类错误；单元测试没有发现的，才交给浏览器。",
        "forged": "notebook 里的错误同时埋进两个版本，代码的指纹也重新计算；否则单凭指纹就会暴露每一个错误。"
        "`make sensitivity` 会重复全部过程。",
        "kind": "错误所在",
        "count": "埋下",
        "anybody": "被发现",
        "number": "notebook 的计算",
        "figure": "图",
        "prose": "正文与图的说明",
        "corrections": "订正表",
        "javascript": "互动图",
        "site": "网站",
        "static": "规则",
        "numbers": "数",
        "figures": "图的数据",
        "assertions": "断言",
        "ledger": "检验册",
        "unit": "单元测试",
        "browser": "浏览器",
        "module": "klhelpers 里的错误",
        "module_lead": "`make mutate` 按固定的几类，把每一处小错误逐一埋进模块。"
        "这样的错误有 {possible} 处，试过 {total} 处。"
        "单元测试发现 {unit} 处，notebook 又发现 {notebook} 处。{equivalent} 处不改变任何一位所保证的数字，"
        "理由逐条列在 `tools/equivalent_faults.toml`。{nobody} 处没有被发现。",
        "list": "逐条",
        "fault": "错误",
        "where": "位置",
        "by": "发现者",
        "nobody": "没有",
        "comma": "、",
    },
}
