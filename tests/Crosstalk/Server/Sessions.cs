using System.Net.Http;
using System.Text;

/// <summary>Test servers side by side, in memory, with clients of their own that each have secrets of their own.</summary>
internal static class Sessions
{
    private const int Servers = 3, Clients = 5;

    public static string Run(TimeSpan duration)
    {
        using var over = new CancellationTokenSource(duration);
        Task<int>[] all = [.. Enumerable.Range(0, Servers).Select(number => Task.Run(() => ServeAsync(number, over.Token)))];
        return Task.WaitAll(all, duration + TimeSpan.FromSeconds(60))
            ? $"fine: {all.Sum(one => one.Result)} answers"
            : "a session has not ended";
    }

    private static async Task<int> ServeAsync(int server, CancellationToken over)
    {
        await using TestServer test = Serve.Test(new App());
        int[] answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => AskAsync(test, server * 100 + client, over)));
        int sum = answers.Sum();
        return sum > 0 ? sum : throw new InvalidOperationException("A session has asked for nothing.");
    }

    private static async Task<int> AskAsync(TestServer test, int number, CancellationToken over)
    {
        using HttpClient client = test.CreateClient();
        int count = 0;
        for (; !over.IsCancellationRequested; count++)
        {
            string id = $"{number:x4}{count:x12}", p = $"zq{id}pqz", h = $"zq{id}hqz", b = $"zq{id}bqz";
            (string target, string? body, string right) = (count % 9) switch
            {
                0 => ($"/text/{p}", null, $"text;{p};{h};;\n"),
                1 => ($"/yield/{p}", null, $"yield;{p};{h};;\n"),
                2 => ($"/services/provided-late/{p}", null, $"provided-late;{p};{h};;{h}{p}{p}\n"),
                3 => ($"/services/guarded/{p}?how=answers", null, $"answers;{p};{h}\n"),
                4 => ($"/stepped/stream/{p}?step=around-waits", null, $"stepped-stream;{p};{h};;\n"),
                5 => ($"/stepped/copied/{p}?step=around-throws", null, $"stepped;around-throws;{h}\n"),
                6 => ($"/packed/copied/{p}", null, $"packed-copied;{p};{h};;\n"),
                7 => ($"/services/provided-body/{p}", b, $"provided-body;{p};{h};;{b}\n"),
                _ => ($"/read-late/{p}", b, $"read-late;{p};{h};;{b}\n"),
            };
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, target);
            request.Headers.Add("X-Secret", h);
            if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "text/plain");
            using HttpResponseMessage response = await client.SendAsync(request, CancellationToken.None);
            string text = await response.Content.ReadAsStringAsync(CancellationToken.None);
            if (text != right) throw new InvalidOperationException($"{target}: {(int)response.StatusCode} {text[..Math.Min(text.Length, 200)]}");
        }

        return count;
    }
}
