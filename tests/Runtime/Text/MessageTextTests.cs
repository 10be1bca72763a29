using System.Text.RegularExpressions;

namespace Prebake.Tests.Text;

/// <summary>
/// What users read in exceptions, logs and diagnostics, as far as a search through the sources can judge it.
/// </summary>
public sealed partial class MessageTextTests
{
    private const int Columns = 120;

    private static readonly List<SourceLine> s_lines = [.. SourceLine.All()];

    [Fact]
    public void A_message_says_is_not_a_rather_than_is_no() =>
        None(s_lines.Where(line => line.Literals.Any(text => IsNo().IsMatch(text))));

    [Fact]
    public void Nothing_cites_a_row_of_a_table_that_readers_do_not_have() =>
        None(s_lines.Where(line => RowNumber().IsMatch(line.Text)));

    [Fact]
    public void Every_document_that_is_named_is_in_the_repository()
    {
        HashSet<string> documents = Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetFileName(path)).ToHashSet();

        None(s_lines.Where(line => Document().Matches(line.Text).Any(name => !documents.Contains(name.Value))));
        None(s_lines.Where(line => Citation().IsMatch(line.Comment)));
    }

    [Fact]
    public void A_line_with_a_message_has_120_columns_at_most() =>
        None(s_lines.Where(line => line.Text.Length > Columns && line.IsMessage));

    [Theory]
    [InlineData("'x' is no port; use 0 to 65535", true)]
    [InlineData("these are no names of headers", true)]
    [InlineData("'x' is not a port; use 0 to 65535", false)]
    [InlineData("there is no file 'x'", false)]
    [InlineData("the server is no longer running", false)]
    public void What_is_looked_for_is_found(string message, bool isFound) =>
        Assert.Equal(isFound, IsNo().IsMatch(message));

    [Theory]
    [InlineData("// Always this part (row A137)", true)]
    [InlineData("// Rows B61 and B62: the query is kept", true)]
    [InlineData("// One row: three columns", false)]
    public void A_row_number_is_told_from_a_row(string line, bool isFound) =>
        Assert.Equal(isFound, RowNumber().IsMatch(line));

    [Theory]
    [InlineData("// Sleeps instead of spinning (PLAYBOOK finding 6)", true)]
    [InlineData("// As in HANDBOOK, Threads", true)]
    [InlineData("// RFC 9112 section 6.3", false)]
    [InlineData("// Only EPOLLEXCLUSIVE, Linux 4.5, wakes one", false)]
    public void A_citation_is_told_from_a_constant(string line, bool isFound) =>
        Assert.Equal(isFound, Citation().IsMatch(line));

    private static void None(IEnumerable<SourceLine> faults)
    {
        string[] found = [.. faults.Select(line => $"{line.File}:{line.Number}: {line.Text.Trim()}")];
        Assert.True(found.Length == 0, string.Join("\n", found));
    }

    // "There is no file" is plain English, "'x' is no port" is not
    [GeneratedRegex(@"(?<!\b[Tt]here )\b(?:is|are|was|were) no (?!longer\b|more\b)[a-z]")]
    private static partial Regex IsNo();

    [GeneratedRegex(@"\b[Rr]ows? [A-Z]\d")]
    private static partial Regex RowNumber();

    [GeneratedRegex(@"\b[\w-]+\.md\b")]
    private static partial Regex Document();

    // A document cited by its name in capitals: a number of a finding, or a heading, follows
    [GeneratedRegex(@"\b(?!EPOLL|SIG|CVE)[A-Z]{5,}(?:-[A-Z]+)*(?: finding)? \d|\b(?!EPOLL|SIG)[A-Z]{5,}(?:-[A-Z]+)*, [A-Z][a-z]")]
    private static partial Regex Citation();
}
