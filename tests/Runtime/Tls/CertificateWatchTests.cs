using System.Collections.Concurrent;
using Prebake.Tls;

namespace Prebake.Tests.Tls;

/// <summary>When a file counts as replaced.</summary>
public sealed class CertificateWatchTests : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("prebake-watch-").FullName;
    private int _changes;

    private string Path1 => Path.Combine(_folder, "cert.pem");

    [Fact]
    public async Task A_written_a_moved_and_a_new_file_are_noticed()
    {
        File.WriteAllText(Path1, "one");
        using CertificateWatch watch = Watch(Path1);

        File.WriteAllText(Path1, "another");
        await Changes(1);

        File.WriteAllText(Path1 + ".new", "a third one");
        File.Move(Path1 + ".new", Path1, overwrite: true);
        await Changes(2);

        File.Delete(Path1);
        await Changes(3);
        File.WriteAllText(Path1, "back");
        await Changes(4);
    }

    [Fact]
    public async Task What_its_reader_has_written_is_no_news_and_what_comes_later_is()
    {
        string other = Path.Combine(_folder, "other.pem");
        File.WriteAllText(other, "one");
        var news = new ConcurrentQueue<string>();
        using var watch = new CertificateWatch([Path1, other], s_interval, () => news.Enqueue(File.ReadAllText(other)));

        File.WriteAllText(Path1, "made by its first use");
        watch.Start([Path1]);
        await Task.Delay(10 * s_interval);
        File.WriteAllText(other, "another");
        await Eventually.Until(() => news.Contains("another"));
        Assert.DoesNotContain("one", news);
    }

    [Fact]
    public async Task A_link_that_leads_elsewhere_is_noticed()
    {
        if (OperatingSystem.IsWindows()) return;
        foreach (string name in (string[])["one", "two"]) File.WriteAllText(Path.Combine(_folder, name), name == "one" ? "1" : "22");
        File.CreateSymbolicLink(Path1, "one");
        using CertificateWatch watch = Watch(Path1);

        File.CreateSymbolicLink(Path1 + ".new", "two");
        File.Move(Path1 + ".new", Path1, overwrite: true);
        await Changes(1);
    }

    [Fact]
    public async Task A_folder_of_links_that_is_swapped_as_Kubernetes_does_it_is_noticed()
    {
        if (OperatingSystem.IsWindows()) return;
        foreach (string name in (string[])["..1", "..2"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, name));
            File.WriteAllText(Path.Combine(_folder, name, "cert.pem"), "the same length");
            File.SetLastWriteTimeUtc(Path.Combine(_folder, name, "cert.pem"), new DateTime(2026, 1, name == "..1" ? 1 : 2, 0, 0, 0, DateTimeKind.Utc));
        }

        Directory.CreateSymbolicLink(Path.Combine(_folder, "..data"), "..1");
        File.CreateSymbolicLink(Path1, Path.Combine("..data", "cert.pem"));
        using CertificateWatch watch = Watch(Path1);

        Directory.Delete(Path.Combine(_folder, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "..data"), "..2");
        await Changes(1);
    }

    [Fact]
    public async Task What_is_called_may_fail_and_the_watch_goes_on_until_it_ends()
    {
        File.WriteAllText(Path1, "one");
        var watch = new CertificateWatch([Path1, Path1], s_interval, () => Interlocked.Increment(ref _changes));
        watch.Start();
        File.WriteAllText(Path1, "another");
        await Changes(1);
        watch.Dispose();
        watch.Dispose();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private CertificateWatch Watch(string path)
    {
        var watch = new CertificateWatch([path], s_interval, () => Interlocked.Increment(ref _changes));
        watch.Start();
        return watch;
    }

    // A writer that is cut in two by a busy machine counts as two
    private Task Changes(int atLeast) => Eventually.Until(() => Volatile.Read(ref _changes) >= atLeast);
}
