"""What the page of benchmarks says around its tables, in the languages of the book."""

WORDS = {
    "en": {
        "title": "Accuracy and time",
        "lead": "How many digits of D(p‖q) are right, how long a call takes, and how much memory: `klhelpers` beside "
        "what else there is. The other functions are called as their documentation says. They do what they promise; "
        "none of them promises digits where p and q nearly agree, and that is where this book needs some.",
        "made": "`make bench` wrote this page, on {processor}, {cores} cores, with Python {python}, numpy {numpy} and "
        "scipy {scipy}. Times elsewhere differ; their ratios less so.",
        "errors": "Relative error",
        "errors_lead": "Random distributions over 1000 categories, against 50 digits. An error of 1 or more means that "
        "no digit is right.",
        "by": "by",
        "unrelated": "p and q unrelated",
        "near": "p and q 1e-9 apart",
        "times": "Time on one thread",
        "times_lead": "Batch × categories; the shortest of several runs.",
        "memory": "Memory",
        "memory_lead": "What a call holds at its peak, besides its arguments.",
        "fits": "The normal with the least D(Q‖P)",
        "fits_lead": "P = 0.4 N(−1, 1²) + 0.6 N(5, 1²). The grid is too coarse to hold the minimum; Adam, which "
        "follows noisy gradients from N(0, 1²), finds a minimum that is not the least one.",
        "time": "time",
        "grid": "grid search, 20 × 20",
        "adam": "Adam, 2000 steps of 64 samples",
    },
    "zh": {
        "title": "精度与用时",
        "lead": "D(p‖q) 有几位数字是对的，调用一次要多久，占多少内存：这里把 `klhelpers` 与其他现成的函数放在一起比较。"
        "其他函数都按各自文档的说明调用。它们说到做到；只是没有一个承诺过，在 p 与 q 几乎相等时还能给出正确的数字，"
        "而本书恰恰需要那里有几位是对的。",
        "made": "本页由 `make bench` 生成，处理器为 {processor}，{cores} 核，软件为 Python {python}、numpy {numpy} 和 "
        "scipy {scipy}。换一台机器，用时会不同，彼此的比例变化较小。",
        "errors": "相对误差",
        "errors_lead": "1000 个类别上的随机分布，与 50 位精度的结果比较。误差达到 1 或更大，表示没有一位数字是对的。",
        "by": "方法",
        "unrelated": "p 与 q 无关",
        "near": "p 与 q 相差 1e-9",
        "times": "单线程用时",
        "times_lead": "批次 × 类别数；取若干次运行中最短的一次。",
        "memory": "内存",
        "memory_lead": "一次调用在峰值时占用的内存，不计参数本身。",
        "fits": "使 D(Q‖P) 最小的正态分布",
        "fits_lead": "P = 0.4 N(−1, 1²) + 0.6 N(5, 1²)。网格太粗，不含最小值点；Adam 从 N(0, 1²) 出发，"
        "沿着带噪声的梯度，找到的极小不是最小的那一个。",
        "time": "用时",
        "grid": "网格搜索，20 × 20",
        "adam": "Adam，2000 步，每步 64 个样本",
    },
}
