// Apache POI: makes an .xls of the cells it is given, as Java office systems do. Jobs come as program.py says.

import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import org.apache.poi.hssf.usermodel.HSSFCell;
import org.apache.poi.hssf.usermodel.HSSFClientAnchor;
import org.apache.poi.hssf.usermodel.HSSFComment;
import org.apache.poi.hssf.usermodel.HSSFFont;
import org.apache.poi.hssf.usermodel.HSSFPatriarch;
import org.apache.poi.hssf.usermodel.HSSFRichTextString;
import org.apache.poi.hssf.usermodel.HSSFSheet;
import org.apache.poi.hssf.usermodel.HSSFSimpleShape;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.CellStyle;
import org.apache.poi.ss.usermodel.DataFormat;
import org.apache.poi.ss.usermodel.FillPatternType;
import org.apache.poi.ss.usermodel.FormulaEvaluator;
import org.apache.poi.ss.usermodel.IndexedColors;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Sheet;
import org.apache.poi.ss.usermodel.Workbook;
import org.apache.poi.ss.util.CellReference;
import org.apache.poi.ss.util.CellUtil;

public class Poi {
    public static void main(String[] arguments) throws Exception {
        BufferedReader jobs = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = new PrintStream(System.out, true, "UTF-8");
        for (String job = jobs.readLine(); job != null; job = jobs.readLine()) {
            String[] fields = job.split("\t", -1);
            try {
                make(fields, Files.readAllBytes(Paths.get(fields[3])));
                answers.println("ok");
            } catch (Throwable error) {
                answers.println(error.toString().replaceAll("\\s+", " "));
            }
        }
    }

    static void make(String[] job, byte[] cells) throws Exception {
        try (HSSFWorkbook book = new HSSFWorkbook(); OutputStream out = new FileOutputStream(job[1])) {
            String[] fields = new String(cells, StandardCharsets.UTF_8).split("\0", -1);
            // Sheets first, for a formula may look at a later one.
            for (int n = 0; n + 2 < fields.length; n += 3) sheet(book, new CellReference(fields[n]));
            CellStyle day = book.createCellStyle();
            day.setDataFormat(book.createDataFormat().getFormat("yyyy-mm-dd"));
            for (int n = 0; n + 2 < fields.length; n += 3) {
                Cell cell = cell(book, new CellReference(fields[n]));
                if (fields[n + 1].equals("mark")) mark((HSSFCell) cell, fields[n + 2], book, job[0]);
                else put(cell, fields[n + 1], fields[n + 2], day);
            }
            if (job[2].equals("calculated")) calculate(book);
            book.write(out);
        }
    }

    static void put(Cell cell, String kind, String value, CellStyle day) {
        if (kind.equals("text")) cell.setCellValue(value);
        else if (kind.equals("formula")) cell.setCellFormula(value);
        else cell.setCellValue(Double.parseDouble(value));
        if (kind.equals("day")) cell.setCellStyle(day);
    }

    static HSSFPatriarch drawings;

    // Puts onto a cell what is seen and is no value.
    static void mark(HSSFCell cell, String mark, HSSFWorkbook book, String picture) throws Exception {
        HSSFSheet sheet = cell.getSheet();
        if (sheet.getDrawingPatriarch() == null) drawings = sheet.createDrawingPatriarch();
        int row = cell.getRowIndex(), column = cell.getColumnIndex();
        HSSFClientAnchor anchor = new HSSFClientAnchor(100, 30, 900, 200, (short) column, row, (short) column, row);
        CellStyle style = book.createCellStyle();
        HSSFFont font = book.createFont();
        DataFormat formats = book.createDataFormat();
        switch (mark) {
            case "shape": drawings.createSimpleShape(anchor).setShapeType(HSSFSimpleShape.OBJECT_TYPE_OVAL); break;
            case "text box": drawings.createTextbox(anchor).setString(new HSSFRichTextString("有，已建台帐")); break;
            case "picture":
                byte[] image = Files.readAllBytes(Paths.get(picture));
                drawings.createPicture(anchor, book.addPicture(image, Workbook.PICTURE_TYPE_PNG));
                break;
            case "comment":
                HSSFComment comment = drawings.createCellComment(anchor);
                comment.setString(new HSSFRichTextString("只做了一半"));
                cell.setCellComment(comment);
                break;
            case "struck": font.setStrikeout(true); break;
            case "white": font.setColor(IndexedColors.WHITE.getIndex()); break;
            case "tiny": font.setFontHeightInPoints((short) 1); break;
            case "partly struck": font.setStrikeout(true); partly(cell, "原写三次", font); return;
            case "partly white": font.setColor(IndexedColors.WHITE.getIndex()); partly(cell, "附件二", font); return;
            case "symbol font": font.setFontName("Wingdings 2"); cell.setCellValue("P"); break;
            case "hidden by format": style.setDataFormat(formats.getFormat(";;;")); break;
            case "number hidden by format": cell.setCellValue(1); style.setDataFormat(formats.getFormat(";;;")); break;
            case "other mark by format":
                cell.setCellValue(0);
                style.setDataFormat(formats.getFormat("\"√\";\"√\";\"√\""));
                break;
            case "other text by format": style.setDataFormat(formats.getFormat("@\"（撤回）\"")); break;
            case "colour":
                style.setFillForegroundColor(IndexedColors.BRIGHT_GREEN.getIndex());
                style.setFillPattern(FillPatternType.SOLID_FOREGROUND);
                break;
            case "low row": cell.getRow().setHeightInPoints(0.5f); return;
            case "narrow column": sheet.setColumnWidth(column, 60); return;
            default: throw new IllegalArgumentException(mark);
        }
        style.setFont(font);
        cell.setCellStyle(style);
    }

    static void partly(HSSFCell cell, String part, HSSFFont font) {
        String text = cell.getStringCellValue();
        HSSFRichTextString rich = new HSSFRichTextString(text);
        rich.applyFont(text.indexOf(part), text.indexOf(part) + part.length(), font);
        cell.setCellValue(rich);
    }

    // One by one: POI cannot calculate the live line, a SUMPRODUCT over texts, and gives up the rest with it.
    static void calculate(Workbook book) {
        FormulaEvaluator evaluator = book.getCreationHelper().createFormulaEvaluator();
        for (Sheet sheet : book) {
            for (Row row : sheet) {
                for (Cell cell : row) {
                    try {
                        evaluator.evaluateFormulaCell(cell);
                    } catch (RuntimeException error) {
                        continue;
                    }
                }
            }
        }
    }

    static Sheet sheet(Workbook book, CellReference where) {
        Sheet sheet = book.getSheet(where.getSheetName());
        return sheet == null ? book.createSheet(where.getSheetName()) : sheet;
    }

    static Cell cell(Workbook book, CellReference where) {
        return CellUtil.getCell(CellUtil.getRow(where.getRow(), sheet(book, where)), where.getCol());
    }
}
